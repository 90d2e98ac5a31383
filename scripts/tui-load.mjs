// The terminal UI under load: a hub of its own, an upstream of its own, RATE requests a second for SECONDS, and the UI in
// tmux at 120×40. Prints its CPU, memory, bytes written to the terminal and frames.
//   node scripts/tui-load.mjs [--rate 200] [--seconds 60] [--show]

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startUpstream } from './tui-upstream.mjs'

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    program: { type: 'string', default: join(import.meta.dirname, '..', 'bin', 'axonhub.js') },
    show: { type: 'boolean', default: false },
  },
})
const rate = Number(values.rate)
const seconds = Number(values.seconds)
const home = mkdtempSync(join(tmpdir(), 'axonhub-load-'))
const socket = `axonhub-load-${process.pid}`
const env = { ...process.env, HOME: home, AXONHUB_HOME: join(home, 'hub'), LANG: 'C.UTF-8', CI: '' }
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const agent = new Agent({ keepAlive: true, maxSockets: 500 })

function axonhub(...args) {
  const ran = spawnSync(process.execPath, [values.program, ...args], { env, encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(`axonhub ${args.join(' ')}: ${ran.stderr}`)
  return ran.stdout.trim()
}

function tmux(...args) {
  const ran = spawnSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { env, encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(`tmux ${args.join(' ')}: ${ran.stderr}`)
  return ran.stdout
}

/** CPU seconds and resident megabytes of a process. */
function usageOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    cpu: (Number(fields[11]) + Number(fields[12])) / 100,
    megabytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
  }
}

function ask(port, key, number) {
  const conversation = String(number % 40).padStart(12, '0')
  const body = JSON.stringify({
    model: 'claude-sonnet-4-5',
    max_tokens: 200,
    stream: true,
    metadata: { user_id: `user_x_account__session_11111111-2222-4333-8444-${conversation}` },
    messages: [{ role: 'user', content: `Conversation ${conversation}: fix the login test` }],
  })
  return new Promise((resolve) => {
    const asking = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        path: '/anthropic/v1/messages',
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'user-agent': 'claude-cli/2.1.197 (external, cli)',
        },
      },
      (answer) => answer.resume().on('end', resolve).on('error', resolve),
    )
    asking.on('error', resolve)
    asking.end(body)
  })
}

const upstream = await startUpstream({ firstMs: 150, words: 30, wordMs: 10 })
let hub
try {
  spawnSync('mkdir', ['-p', join(home, 'hub')])
  writeFileSync(
    join(home, 'hub', 'config.yml'),
    `server: { port: 0 }\nchannels:\n  - { name: slow, endpoints: { anthropic-messages: "http://127.0.0.1:${upstream.port}" }, models: ["*"] }\n`,
  )
  hub = spawn(process.execPath, [values.program, 'serve'], { env, stdio: 'ignore' })
  let port = 0
  for (let tries = 0; tries < 100 && port === 0; tries++) {
    await wait(100)
    const ran = spawnSync(process.execPath, [values.program, 'status', '--json'], { env, encoding: 'utf8' })
    if (ran.status === 0) port = JSON.parse(ran.stdout).port
  }
  axonhub('key', 'create', 'load')
  const key = axonhub('token', 'load')
  const bytes = join(home, 'bytes')
  tmux('new-session', '-d', '-s', 'load', '-x', '120', '-y', '40', `${process.execPath} ${values.program}`)
  tmux('pipe-pane', '-t', 'load', `cat > ${bytes}`)
  await wait(2500)
  const pid = Number(tmux('display-message', '-p', '-t', 'load', '#{pane_pid}').trim())
  const marks = []
  const mark = () => marks.push({ ...usageOf(pid), bytes: statSync(bytes).size, at: performance.now() })
  mark()
  const begin = performance.now()
  let sent = 0
  let nextMark = 10_000
  while (performance.now() - begin < seconds * 1000) {
    const due = Math.floor(((performance.now() - begin) / 1000) * rate)
    for (; sent < due; sent++) void ask(port, key, sent)
    if (performance.now() - begin > nextMark) {
      mark()
      nextMark += 10_000
    }
    await wait(5)
  }
  mark()
  for (let index = 1; index < marks.length; index++) {
    const [before, now] = [marks[index - 1], marks[index]]
    const span = (now.at - before.at) / 1000
    process.stdout.write(
      `${((now.at - begin) / 1000).toFixed(0).padStart(4)} s  cpu ${(((now.cpu - before.cpu) / span) * 100).toFixed(1)} %  ` +
        `memory ${now.megabytes.toFixed(0)} MB  ${((now.bytes - before.bytes) / span / 1000).toFixed(1)} kB/s\n`,
    )
  }
  const frames = readFileSync(bytes, 'latin1').split('\u001b[?2026h').length - 1
  process.stdout.write(
    `${sent} requests in ${seconds} s, ${(frames / ((performance.now() - begin + 2500) / 1000)).toFixed(1)} frames/s\n`,
  )
  if (values.show) process.stdout.write(tmux('capture-pane', '-p', '-t', 'load'))
} finally {
  spawnSync('tmux', ['-L', socket, 'kill-server'])
  hub?.kill('SIGTERM')
  upstream.close()
  agent.destroy()
  await wait(1500)
  hub?.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
}
process.exit(0)
