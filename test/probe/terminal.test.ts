// `channel add` and `channel test` as a person meets them: the built program in a real terminal, against a real provider
// on loopback.
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasTmux, openTerminal, type Terminal } from '../agents/bench/terminal.js'
import { type Bench, makeBench } from '../cli/bench.js'
import { freePort } from '../support/free-port.js'
import { PLAIN_FLAVOUR } from '../support/upstream/openai-chat/flavour.js'
import { openAiChat } from '../support/upstream/openai-chat/provider.js'
import { MODEL, type Model, startModel } from './model.js'

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'axonhub.js')
const KEY = 'sk-made-up-0123456789abcdef'

let bench: Bench
let model: Model
beforeEach(async () => {
  bench = makeBench()
  model = await startModel(openAiChat(PLAIN_FLAVOUR), [], KEY)
})
afterEach(async () => {
  await model.close()
  await bench.close()
})

const file = (name: string) => join(bench.hub, name)
const read = (name: string) => readFileSync(file(name), 'utf8')

describe('without a terminal and without a hub', () => {
  it('a test makes a card that the list shows, also later', async () => {
    const place = ['--name', 'up', '--endpoint', `openai-chat=${model.baseUrl}`, '--models', MODEL]
    const added = await bench.run(['channel', 'add', ...place, '--api-key-stdin'], { input: KEY })
    expect(added.stdout).toMatch(/✓ up\n {2}✓ openai-chat: streamed in \d+ pieces/)
    expect((await bench.run(['channel', 'list'])).stdout).toContain('not tested')
    const tested = await bench.run(['channel', 'test', 'up', '--as', 'claude'])
    expect(tested.code).toBe(0)
    expect(tested.stdout).toMatch(/^up · scripted-1 · as Claude Code, converted to openai-chat\n/)
    expect(tested.stdout.match(/^ {2}✓ /gm)).toHaveLength(11)
    expect(tested.stdout).toMatch(/12 requests, [\d.]+k tokens in, \d+ out\n$/)
    for (const line of tested.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect((await bench.run(['channel', 'list'])).stdout).toMatch(/scripted-1 +all$/m)
    expect(await bench.json(['channel', 'list'])).toMatchObject([{ cards: [{ agent: 'claude' }] }])
    const { length } = model.paths
    const again = bench.start(['channel', 'test', 'up', '--as', 'codex'])
    while (model.paths.length < length + 2) await pause(2)
    again.child.kill('SIGINT')
    expect(await again.ended).toMatchObject({ code: 1, stdout: '' })
    expect(again.stderr()).toContain('The test was ended; no card was kept.')
    expect(model.paths.length).toBeLessThan(length + 12)
  })
})

describe.skipIf(!hasTmux())('in a terminal (skipped where tmux is not installed)', () => {
  let terminal: Terminal
  beforeEach(() => {
    const environment = { ...bench.env, TERM: 'xterm-256color', LANG: 'C.UTF-8' }
    terminal = openTerminal({ environment, work: bench.home }, [process.execPath, BIN, 'channel', 'add'])
  })
  afterEach(() => terminal.close())

  const describeServer = async (baseUrl = model.baseUrl) => {
    await terminal.waitFor(/Provider:[\s\S]*type to search/, 8)
    await terminal.press('own')
    await terminal.waitFor(/› own/, 8)
    await terminal.press('Enter')
    await terminal.waitFor(/Which protocol does it speak:[\s\S]*› openai-chat/, 8)
    await terminal.press('Enter')
    await terminal.waitFor(/Base URL/, 8)
    await terminal.press(baseUrl)
    await terminal.press('Enter')
    await terminal.waitFor(/API key for this server/, 8)
  }

  it('a key that is refused can be given once more, models are chosen, and a yes writes all', async () => {
    await describeServer()
    await terminal.press('sk-not-this-one')
    await terminal.press('Enter')
    await terminal.waitFor(/✗ .*Incorrect API key[\s\S]*What now[\s\S]*› again/, 8)
    await terminal.press('Enter')
    await terminal.waitFor(/again\s+API key for this server/, 8)
    await terminal.press(KEY)
    await terminal.press('Enter')
    await terminal.waitFor(/✓ openai-chat: streamed[\s\S]*Models it may be asked for/, 8)
    await terminal.press('scripted-1')
    await terminal.press('Space')
    await terminal.waitFor(/1 marked/, 8)
    await terminal.press('Enter')
    await terminal.waitFor(/A name for this channel \[local\]:/, 8)
    await terminal.press('Enter')
    await terminal.waitFor(/Name +local[\s\S]*kept with the secrets[\s\S]*Add it\?/, 8)
    expect(existsSync(file('config.yml'))).toBe(false)
    expect(terminal.screen()).not.toContain(KEY)
    await terminal.press('Enter')
    await terminal.waitFor(/Added the channel "local"/, 8)
    expect(read('config.yml')).toMatch(
      /name: local\n[\s\S]*api_key: keychain:local\n +models: \[ ?scripted-1 ?\]/,
    )
    expect(read('config.yml')).not.toContain(KEY)
    expect(read('secrets.json')).toContain(KEY)
  })

  it('a server without a key that was off is asked once more, when it is on', async () => {
    const port = await freePort()
    await describeServer(`http://127.0.0.1:${port}/v1`)
    await terminal.press('Enter')
    await terminal.waitFor(/refused the connection[\s\S]*What now[\s\S]*› retry/, 8)
    const server = createServer((_request, response) => {
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end('{"error":{"message":"here I am","code":"invalid_api_key"}}')
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    await terminal.press('Enter')
    await terminal.waitFor(/here I am/, 8)
    server.close()
    server.closeAllConnections()
    expect(existsSync(file('config.yml'))).toBe(false)
  })

  it('Ctrl-C leaves nothing behind, even after the key was found good', async () => {
    await describeServer()
    await terminal.press(KEY)
    await terminal.press('Enter')
    await terminal.waitFor(/Models it may be asked for/, 8)
    await terminal.press('C-c')
    await terminal.waitFor(/Canceled; nothing was changed\./, 8)
    expect(existsSync(file('config.yml'))).toBe(false)
    expect(existsSync(file('secrets.json'))).toBe(false)
  })
})
