// The ledger remembers what init wrote without being a place where a key can be stolen.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makePlace, type Place } from '../cli/here.js'

const KEY = /\bah-[0-9a-f]{48}\b/

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.close())

const file = (path: string) => join(place.home, path)
const read = (path: string) => readFileSync(file(path), 'utf8')
function write(path: string, text: string): void {
  mkdirSync(dirname(file(path)), { recursive: true })
  writeFileSync(file(path), text)
}

const CODEX = '# mine\nmodel = "gpt-5" # the usual\n'
const CLAUDE = '{\n  "theme": "dark",\n  "env": { "ANTHROPIC_CUSTOM_HEADERS": "X-Mine: 1" }\n}\n'

describe('the ledger', () => {
  it.each([
    ['codex', '--auth', 'token'],
    ['codex', '--login', 'keep'],
    ['claude', '--login', 'key'],
    ['claude', '--login', 'keep'],
  ])('holds no key after init %s %s %s, and undo finds all of it again', async (agent, ...flags) => {
    write('.codex/config.toml', CODEX)
    write('.claude/settings.json', CLAUDE)
    const path = agent === 'codex' ? '.codex/config.toml' : '.claude/settings.json'
    const before = read(path)
    expect((await place.run(['init', agent, ...flags, '--yes'])).code).toBe(0)
    expect(read(path)).toMatch(KEY)
    expect(read('hub/ledger.json')).not.toMatch(KEY)
    expect(statSync(file('hub/ledger.json')).mode & 0o777).toBe(0o600)
    const again = await place.run(['init', agent, ...flags, '--yes', '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ written: false })
    expect((await place.run(['undo', agent])).code).toBe(0)
    expect(read(path)).toBe(before)
  })

  it('holds none either after the key and the port were changed, and undo gives back the first bytes', async () => {
    write('.codex/config.toml', CODEX)
    const init = (port: string) =>
      place.run(['init', 'codex', '--auth', 'token', '--yes'], { env: { AXONHUB_SERVER_PORT: port } })
    await init('8090')
    const first = KEY.exec(read('.codex/config.toml'))?.[0]
    await place.run(['key', 'revoke', 'codex'])
    await init('8091')
    expect(KEY.exec(read('.codex/config.toml'))?.[0]).not.toBe(first)
    expect(read('hub/ledger.json')).not.toMatch(KEY)
    expect((await place.run(['undo', 'codex'])).code).toBe(0)
    expect(read('.codex/config.toml')).toBe(CODEX)
  })

  it('still knows that somebody changed the key since', async () => {
    write('.claude/settings.json', '{}')
    await place.run(['init', 'claude', '--login', 'key', '--yes'])
    write('.claude/settings.json', read('.claude/settings.json').replace(KEY, 'sk-ant-mine'))
    const { code, stdout } = await place.run(['undo', 'claude'])
    expect(code).toBe(4)
    expect(stdout).toContain('env.ANTHROPIC_AUTH_TOKEN was changed since')
    expect(read('.claude/settings.json')).toContain('sk-ant-mine')
  })
})
