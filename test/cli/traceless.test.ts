// A command that does nothing leaves nothing behind, and one that is refused says why in words that help.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { agents } from '../../src/agents/registry.js'
import { oneChannel, startTestHub } from '../support/hub.js'
import { makePlace, type Place } from './here.js'

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.close())
const hub = () => join(place.home, 'hub')
const PATH = { PATH: '/nowhere' }
function writeConfig(text: string): void {
  mkdirSync(hub(), { recursive: true, mode: 0o700 })
  writeFileSync(join(hub(), 'config.yml'), text, { mode: 0o600 })
}

describe('a command that does nothing', () => {
  it.each([
    ['a key that is not there', ['token', 'nosuch'], 1],
    ['an agent that nobody knows', ['run', 'nosuch'], 2],
    ['an agent that is not on the PATH', ['run', 'codex'], 1],
    ['an init that nobody can agree to', ['init', 'codex'], 2],
    ['a profile that is not there', ['profile', 'use', 'nosuch'], 1],
    ['a channel that is not there', ['channel', 'disable', 'nosuch'], 1],
    ['the variables of a key that is not there', ['env', '--key', 'nosuch'], 1],
  ])('leaves no home behind: %s', async (_what, argv, code) => {
    expect(await place.run(argv, { env: PATH })).toMatchObject({ code })
    expect(existsSync(hub())).toBe(false)
  })

  it('leaves no home behind when init is declined', async () => {
    const { code, stdout } = await place.run(['init', 'codex'], {
      env: PATH,
      terminal: { answers: [[/Write this\?/, 'n\n']] },
    })
    expect({ code, said: stdout.includes('Nothing was written.') }).toEqual({ code: 0, said: true })
    expect(existsSync(hub())).toBe(false)
  })
})

describe('help of a command that is not there', () => {
  it('says so, with the one that was meant, and exits with 2', async () => {
    const { code, stdout, stderr } = await place.run(['help', 'statu'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe('error: There is no command "statu".\nDid you mean "status"?\n')
  })

  it('is shown where the command is there', async () => {
    const { code, stdout } = await place.run(['help', 'status'])
    expect({ code, shown: stdout.includes('Usage: axonhub status') }).toEqual({ code: 0, shown: true })
  })
})

describe('a key that config.yml names and whose text is not here', () => {
  beforeEach(() => writeConfig('profiles: { p: {} }\nkeys: { claude: { profile: p } }\n'))

  it('is told as such, with a command that mends it', async () => {
    const { code, stderr } = await place.run(['token', 'claude'])
    expect(code).toBe(1)
    expect(stderr).toContain('config.yml names the key "claude", but its text is not kept here.')
    const made = await place.run(['key', 'create', 'claude'])
    expect(made).toMatchObject({ code: 0, stderr: '' })
    expect((await place.run(['token', 'claude'])).stdout).toMatch(/^ah-[0-9a-f]{48}\n$/)
    expect(readFileSync(join(hub(), 'config.yml'), 'utf8')).toContain('claude: { profile: p }')
  })
})

describe('init of all agents on a machine that has none', () => {
  it('says of each that it was not found, also when its own files are all that is there', async () => {
    const told = async () =>
      [
        ...(await place.run(['init', '--all', '--yes'], { env: PATH })).stdout.matchAll(
          /not found on this machine/g,
        ),
      ].length
    expect([await told(), await told()]).toEqual([agents.length, agents.length])
  })
})

describe('a change that is right in the file and wrong for the hub that runs', () => {
  it('is refused with the reason, and nothing is written', async () => {
    const running = await startTestHub({
      config: 'profiles: { p: {} }',
      env: { AXONHUB_ACTIVE_PROFILE: 'p' },
    })
    try {
      const env = { AXONHUB_HOME: running.home }
      const file = () => readFileSync(join(running.home, 'config.yml'), 'utf8')
      const before = file()
      const { code, stderr } = await place.run(['profile', 'remove', 'p'], { env })
      expect({ code, same: file() === before }).toEqual({ code: 4, same: true })
      expect(stderr).toContain('The hub that is running would not take this, so nothing was changed')
      expect(stderr).toContain('there is no profile "p"')
    } finally {
      await running.stop()
    }
  })
})

describe('guard', () => {
  it('knows the embedded channel of a demo', async () => {
    const running = await startTestHub({ demo: true })
    const { code, stderr } = await place.run(['guard', '--channel', 'demo', '--min-remaining', '5'], {
      env: { AXONHUB_HOME: running.home },
    })
    await running.stop()
    expect({ code, stderr }).toMatchObject({ code: 1 })
    expect(stderr).toContain('What is left of demo is not known.')
  })
})

describe('a provider that cannot be reached', () => {
  it.each([['models'], ['test']])(
    'is told with its channel and where to look: channel %s',
    async (command) => {
      const running = await startTestHub({ config: oneChannel('openai-chat', 'http://127.0.0.1:9/v1') })
      const { code, stderr } = await place.run(['channel', command, 'up'], {
        env: { AXONHUB_HOME: running.home },
      })
      await running.stop()
      expect(code).toBe(1)
      expect(stderr).toContain('error: up: 127.0.0.1:9 refused the connection.')
      expect(stderr).toContain('"axonhub channel list --json" shows what is written')
    },
  )
})
