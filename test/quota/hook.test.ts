// The user's hook: told on stdin, one at a time, stopped when it takes too long, and never in anybody's way.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadConfig } from '../../src/config/load.js'
import { controlClient } from '../../src/control/client.js'
import { quotaNotice } from '../../src/control/quota-notice.js'
import { openHook } from '../../src/daemon/hook.js'
import { startTestHub } from '../support/hub.js'
import { startAskedServer } from './asked-server.js'
import { answered, planAndSpare, turn, used } from './codex-hub.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'axh-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const written = (name: string, text: string) =>
  vi.waitFor(() => expect(existsSync(join(folder, name)) && read(name)).toContain(text), { timeout: 8000 })

function open(command: string | undefined, timeoutMs = 5000) {
  const failed: string[] = []
  const env = { PATH: process.env['PATH'], FOLDER: folder }
  const hook = openHook({ command: () => command, env, timeoutMs, failed: (why) => failed.push(why) })
  return { hook, failed }
}

describe.skipIf(process.platform === 'win32')('a hook', () => {
  it('gets each value as a line of JSON on stdin, in order and one at a time', async () => {
    const { hook, failed } = open('cat >> "$FOLDER/told"; sleep 0.05; echo over >> "$FOLDER/told"')
    for (const number of [1, 2, 3]) hook.tell({ number })
    await written('told', '{"number":3}\nover')
    expect(read('told')).toBe('{"number":1}\nover\n{"number":2}\nover\n{"number":3}\nover\n')
    expect(failed).toEqual([])
  })

  it('that takes too long is stopped with all that it started, and the next is told all the same', async () => {
    const { hook, failed } = open(
      'cat >> "$FOLDER/told"; sleep 60 & sleep 60; echo never >> "$FOLDER/told"',
      300,
    )
    hook.tell({ number: 1 })
    hook.tell({ number: 2 })
    await written('told', '{"number":2}')
    await vi.waitFor(() => expect(failed).toHaveLength(2))
    expect(failed[0]).toContain('did not end within 0.3 s')
    expect(read('told')).not.toContain('never')
  })

  it('that fails, or does not read, is told of and does no harm', async () => {
    const { hook, failed } = open('exit 3')
    hook.tell({ long: 'x'.repeat(300_000) })
    await vi.waitFor(() => expect(failed).toEqual(['it ended with exit code 3']))
  })

  it('is not run when there is none, or after the end', async () => {
    const none = open(undefined)
    none.hook.tell({})
    const { hook, failed } = open('echo x > "$FOLDER/told"')
    hook.close()
    hook.tell({})
    await pause(100)
    expect(existsSync(join(folder, 'told'))).toBe(false)
    expect([...failed, ...none.failed]).toEqual([])
  })
})

it('comes from the file alone, not from the environment', () => {
  const config = join(folder, 'config.yml')
  writeFileSync(config, 'hooks:\n  quota: notify\n')
  expect(loadConfig({ paths: { config }, env: {} }).config.hooks).toEqual({ quota: 'notify' })
  writeFileSync(config, '')
  const env = { AXONHUB_HOOKS_QUOTA: 'evil' }
  expect(loadConfig({ paths: { config }, env }).config.hooks).toEqual({})
})

it.skipIf(process.platform === 'win32')(
  'hears of a plan in a hub, as do the log and whoever watches',
  async () => {
    const provider = await startAskedServer()
    const file = join(folder, 'told')
    const hub = await startTestHub({
      config: planAndSpare(provider.url, `hooks: { quota: 'cat >> "${file}"' }\n`),
      env: { PATH: process.env['PATH'] },
    })
    const watching = new AbortController()
    const seen: string[] = []
    const watched = (async () => {
      for await (const event of controlClient(join(hub.home, 'run', 'axonhub.sock')).events(watching.signal))
        seen.push(event.type)
    })().catch(() => undefined)
    try {
      await vi.waitFor(() => expect(seen).toContain('snapshot'))
      provider.answer = answered(used(91, 3_600_000))
      await turn(hub)
      await written('told', '\n')
      const notice = quotaNotice.parse(JSON.parse(read('told')))
      expect(notice).toMatchObject({
        crossing: 'warning',
        channel: 'codex',
        account: expect.stringMatching(/^account-[0-9a-f]{8}$/),
        name: '5h',
        window: '5h',
        usedPercent: 91,
      })
      expect(read('told')).not.toMatch(/acc-1|the-login/)
      expect(hub.logged.join('\n')).toMatch(/quota\.notice.*crossing=warning/)
      await vi.waitFor(() => expect(seen.filter((type) => type === 'quota-notice')).toHaveLength(1))
      await turn(hub)
      await pause(200)
      expect(read('told').trim().split('\n')).toHaveLength(1)
    } finally {
      watching.abort()
      await watched
      await hub.stop()
      await provider.close()
    }
  },
)
