// `axonhub statusline` as Claude Code runs it: the built program, with a hub and without, within a moment of Node's own start.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type AskedServer, startAskedServer } from './asked-server.js'
import { answered, planAndSpare, turn, used } from './codex-hub.js'

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'axonhub.js')
let home = ''
let provider: AskedServer
let hub: TestHub | undefined

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'axs-'))
  provider = await startAskedServer()
})
afterEach(async () => {
  await hub?.stop()
  hub = undefined
  await provider.close()
  rmSync(home, { recursive: true, force: true })
})

function line(parameters: readonly string[], session: object): Promise<string> {
  // Not waited for in this thread: the hub that answers lives in it.
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [BIN, 'statusline', ...parameters],
      { env: { ...process.env, AXONHUB_HOME: home, LANG: 'C' } },
      (failure, stdout) => (failure === null ? resolve(stdout) : reject(failure)),
    )
    child.stdin?.end(JSON.stringify(session))
  })
}

it('tells route, battery and context from the hub, also after a restart of it', async () => {
  hub = await startTestHub({ config: planAndSpare(provider.url), home })
  provider.answer = answered(used(37, 3_600_000))
  await turn(hub, { session: '0199a000-0000-7000-8000-000000000001' })
  const session = { session_id: '0199a000-0000-7000-8000-000000000001' }
  const expected = 'gpt-6.1-sol · codex [### ] 63% 5h\n'
  expect(await line([], session)).toBe(expected)
  expect(await line(['--home', home], session)).toBe(expected)
  await hub.stop()
  hub = await startTestHub({ config: planAndSpare(provider.url), home })
  expect(await line([], session)).toBe(expected)
})

it('is there without a hub, and for a session that no hub knows', async () => {
  const session = { session_id: 'unknown', model: { id: 'claude-opus-5-5' } }
  expect(await line([], session)).toBe('claude-opus-5-5\n')
  hub = await startTestHub({ config: planAndSpare(provider.url), home })
  expect(await line([], session)).toBe('claude-opus-5-5\n')
})

it('takes hardly longer than Node takes to start', () => {
  const fastest = (parameters: readonly string[]) =>
    Math.min(
      ...Array.from({ length: 5 }, () => {
        const at = performance.now()
        const env = { ...process.env, AXONHUB_HOME: home }
        spawnSync(process.execPath, parameters, { input: '{"session_id":"x"}', env })
        return performance.now() - at
      }),
    )
  // Twice is the goal on a quiet machine; tests run beside others.
  expect(fastest([BIN, 'statusline']) / fastest(['-e', '0'])).toBeLessThan(3)
})
