// Looks for programs and asks them for their version; the only place of this room that starts a process.
import { execFile } from 'node:child_process'
import { access, constants, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { AgentContext } from './agent.js'

const VERSION_TIMEOUT_MS = 10_000

export type MachineFacts = Pick<AgentContext, 'env' | 'home' | 'cwd' | 'platform'>

/** The context of the real machine. */
export function machineContext(facts: MachineFacts): AgentContext {
  return {
    ...facts,
    which: (command) => findProgram(command, facts),
    versionOf: (path) => versionOf(path, facts),
  }
}

async function findProgram(command: string, { env, platform }: MachineFacts): Promise<string | undefined> {
  const endings = platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter)) {
    if (folder === '') continue
    for (const ending of endings) {
      const path = join(folder, command + ending)
      if (await isProgram(path)) return path
    }
  }
  return undefined
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/** The first version number that `--version` prints. */
async function versionOf(path: string, facts: MachineFacts): Promise<string | undefined> {
  // The agents prepare their folder even for this question; a folder for the moment keeps the real one untouched.
  const scratch = await mkdtemp(join(tmpdir(), 'axonhub-version-'))
  try {
    return await askVersion(path, facts, scratch)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

function askVersion(
  path: string,
  { env, platform }: MachineFacts,
  scratch: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    // A .cmd file starts only through the shell; the path is one that we found ourselves.
    const shell = platform === 'win32' && !path.endsWith('.exe')
    const options = {
      env: {
        ...env,
        CODEX_HOME: scratch,
        CLAUDE_CONFIG_DIR: scratch,
        GEMINI_CLI_HOME: scratch,
        XDG_CONFIG_HOME: scratch,
        XDG_DATA_HOME: scratch,
        XDG_CACHE_HOME: scratch,
        XDG_STATE_HOME: scratch,
      },
      timeout: VERSION_TIMEOUT_MS,
      shell,
      windowsHide: true,
    }
    execFile(shell ? `"${path}"` : path, ['--version'], options, (error, stdout) => {
      resolve(error === null ? /\d+\.\d+\.\d+[\w.-]*/.exec(stdout)?.[0] : undefined)
    })
  })
}
