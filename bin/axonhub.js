#!/usr/bin/env node
// Guards the Node version before any modern syntax is loaded, then hands over to the compiled program.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `axonhub needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer Node and try again.\n`,
  )
  process.exit(1)
}
// Where Node can keep compiled code (22.8 and newer), the next start is faster. It is kept in the home alone, once there is one.
const { default: nodeModule } = await import('node:module')
if (nodeModule.enableCompileCache !== undefined) {
  const [{ existsSync }, { isAbsolute, join }, { homedir }] = await Promise.all([
    import('node:fs'),
    import('node:path'),
    import('node:os'),
  ])
  const home = process.env.AXONHUB_HOME || join(userHome(homedir), '.axonhub')
  // An empty or relative HOME names whatever folder this is started in, with the code that a stranger may have put there.
  if (isAbsolute(home) && existsSync(home)) nodeModule.enableCompileCache(join(home, 'cache'))
}
/** Empty where the system knows no such user: then nothing is kept. */
function userHome(homedir) {
  try {
    return homedir()
  } catch {
    return ''
  }
}
// A status line is drawn after every turn: it has a small program of its own.
const isStatusline = process.argv.length === 3 && process.argv[2] === 'statusline'
await import(isStatusline ? '../dist/program/main-statusline.js' : '../dist/program/main.js')
