// `npm run screenshots`: the pictures of the terminal UI in docs/images, taken from the real program. A hub in a temporary
// home, a provider on the loopback that plays its script, conversations as both agents hold them, tmux as the terminal.
// Needs tmux. With a folder as argument the pictures go there.

import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startDemoUpstream } from '../build/demo/upstream.js'
import { ageDatabase } from './screenshots/age.mjs'
import { startProvider } from './screenshots/provider.mjs'
import { svgOf } from './screenshots/svg.mjs'
import { openTerminal } from './screenshots/terminal.mjs'
import { oldTraffic, pastTraffic, presentTraffic, SCRIPTS } from './screenshots/traffic.mjs'

const bin = process.env['AXONHUB_BIN'] ?? fileURLToPath(new URL('../bin/axonhub.js', import.meta.url))
const folder = process.argv[2] ?? fileURLToPath(new URL('../docs/images/', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'axonhub-pictures-'))
const run = promisify(execFile)

const COLUMNS = 120
const ROWS = 28
/** As a user's hub has it; another one where that is taken. */
const PORT = process.env['AXONHUB_PICTURE_PORT'] ?? '8090'

const environment = {
  PATH: process.env['PATH'],
  HOME: home,
  AXONHUB_HOME: join(home, 'hub'),
  DEEPSEEK_API_KEY: 'sk-picture',
  MOONSHOT_API_KEY: 'sk-picture',
  LANG: 'C.UTF-8',
}

async function axonhub(...args) {
  const { stdout } = await run(process.execPath, [bin, ...args], { env: { ...environment, NO_COLOR: '1' } })
  return stdout.trimEnd()
}

function configuration(url) {
  return `server: { port: ${PORT} }
routing: { breaker: { failures: 1, open_for: 4m, max_open_for: 5m } }
channels:
  # my own plan
  - { name: claude, provider: claude, auth: client, endpoints: { anthropic-messages: "${url}/plan" } }
  - { name: deepseek, provider: deepseek, endpoints: { openai-chat: "${url}/deepseek", anthropic-messages: "${url}/deepseek/anthropic" }, tags: [cheap] }
  - { name: moonshot, provider: moonshot, endpoints: { openai-chat: "${url}/busy/v1", openai-responses: "${url}/busy/v1", anthropic-messages: "${url}/busy" }, tags: [cheap] }
  - { name: local, endpoints: { openai-chat: "${url}/broken/v1" }, priority: 5 }
profiles:
  everyday:
    mappings:
      - { from: "claude-haiku-.*", to: deepseek-flash, channel: [local, deepseek] }
      - { from: "claude-.*", to: claude-opus-5-5, channel: claude }
      - { from: "gpt-.*-mini", to: kimi-k3, channel: [moonshot] }
      - { from: "gpt-.*", to: deepseek-v4-pro }
  cheap: { mappings: [{ from: "*", to: deepseek-flash }], tags: [cheap] }
  as-asked: { mappings: [] }
active_profile: everyday
keys: { claude: {}, codex: {} }
`
}

/** The pictures, in the order in which they are taken: what is pressed, what must stand there. */
const PICTURES = [
  {
    name: 'live',
    keys: ['1'],
    shows: /claude-opus/,
    title: 'axonhub',
    what: 'Requests of Claude Code and Codex as they run',
  },
  {
    name: 'trace',
    keys: ['j', 'j', 'j', 'Enter'],
    shows: /thinking/,
    title: 'axonhub: a conversation',
    what: 'A conversation as it streams in',
  },
  {
    name: 'quota',
    keys: ['3'],
    shows: /24h ago/,
    title: 'axonhub: quota',
    what: 'What is left of each plan, and how the last day went',
  },
  {
    name: 'channels',
    keys: ['4', 'j'],
    shows: /tool-streaming/,
    title: 'axonhub: channels',
    what: 'How each channel does, and what is known of it',
  },
  {
    name: 'profiles',
    keys: ['5'],
    shows: /everyday/,
    title: 'axonhub: profiles',
    what: 'Which model answers which name',
  },
  {
    name: 'usage',
    keys: ['6'],
    shows: /last 14 days/,
    title: 'axonhub: usage',
    what: 'Cost and tokens by day',
  },
]

async function hubNow() {
  await axonhub('serve', '--detach')
  const { host, port } = JSON.parse(await axonhub('status', '--json'))
  return { url: `http://${host}:${port}`, key: await axonhub('token', 'pictures') }
}

/** `background` of the terminal; `settle` lets the answers come to their end. What runs in the pictures begins when the UI is open, so that it is seen to begin. */
async function takePictures(hub, background, settle) {
  const terminal = openTerminal({
    command: [process.execPath, bin],
    environment: { ...environment, COLORTERM: 'truecolor', AXONHUB_BACKGROUND: background },
    columns: COLUMNS,
    rows: ROWS,
  })
  try {
    await terminal.waitFor(/profile everyday/)
    const present = presentTraffic(hub)
    await sleep(5_000)
    // The light one is for the page that everybody sees first.
    const wanted = background === 'dark' ? PICTURES : PICTURES.slice(0, 1)
    for (const { name, keys, shows, title, what } of wanted) {
      await terminal.press(...keys)
      await terminal.waitFor(shows)
      await sleep(600)
      const svg = svgOf(terminal.runs(), { columns: COLUMNS, background, title, description: what })
      const file = join(folder, background === 'dark' ? `${name}.svg` : `${name}-${background}.svg`)
      writeFileSync(file, svg)
      process.stdout.write(`${file}\n`)
    }
    settle()
    await present
  } finally {
    terminal.close()
  }
}

/** A window of five hours that starts anew and again, in a week that fills. */
function planOf() {
  let count = 0
  return () => {
    count += 1
    const step = (count + 4) % 13
    return { fiveHours: 0.06 + step * 0.055, week: 0.31 + count * 0.004, resetsIn: 5 - step * 0.35 }
  }
}

async function main() {
  mkdirSync(folder, { recursive: true })
  mkdirSync(environment.AXONHUB_HOME, { recursive: true, mode: 0o700 })
  let isHurried = true
  const demo = await startDemoUpstream({
    newId: (prefix) => prefix + randomUUID(),
    clock: { now: () => Date.now() },
    paceMs: 2,
  })
  const provider = await startProvider({
    scripts: SCRIPTS,
    plan: planOf(),
    hurry: () => isHurried,
    elsewhere: demo.baseUrl,
  })
  try {
    writeFileSync(join(environment.AXONHUB_HOME, 'config.yml'), configuration(provider.url), { mode: 0o600 })
    await axonhub('key', 'create', 'pictures')
    await oldTraffic(await hubNow(), 40)
    await axonhub('stop')
    ageDatabase(join(environment.AXONHUB_HOME, 'axonhub.db'), Date.now())
    const hub = await hubNow()
    await pastTraffic(hub)
    await axonhub('channel', 'test', 'deepseek', '--model', 'deepseek-flash').catch(() => undefined)
    for (const background of ['dark', 'light']) {
      isHurried = false
      await takePictures(hub, background, () => {
        isHurried = true
      })
    }
  } finally {
    provider.close()
    await demo.close()
  }
}

try {
  await main()
} finally {
  await axonhub('stop').catch(() => undefined)
  rmSync(home, { recursive: true, force: true })
}
