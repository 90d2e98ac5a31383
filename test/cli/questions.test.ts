// Questions on a terminal: the channel that is added by answers, and the word before anything is written.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makePlace, type Place } from './here.js'

const SECRET = 'sk-made-up-0123456789abcdef'

let place: Place
beforeEach(() => {
  place = makePlace()
})
afterEach(() => place.close())

const config = () => readFileSync(join(place.home, 'hub', 'config.yml'), 'utf8')

describe('channel add on a terminal', () => {
  it('asks for the provider by a list with search, and for the key without showing it', async () => {
    const { code, stdout, stderr } = await place.run(['channel', 'add', '--no-test'], {
      terminal: {
        answers: [
          [/Provider: /, 'deep\n'],
          [/API key for DeepSeek .*: /, `${SECRET}\r`],
          [/A name for this channel \[deepseek\]: /, '\n'],
          [/Add it\? \[Y\/n\] /, '\n'],
        ],
      },
    })
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Added the channel "deepseek" (DeepSeek).\n' })
    expect(stderr).toContain('DEEPSEEK_API_KEY')
    expect(stderr).not.toContain(SECRET)
    expect(config()).toContain('api_key: keychain:deepseek')
    expect(readFileSync(join(place.home, 'hub', 'secrets.json'), 'utf8')).toContain(SECRET)
  })

  it('searches as one types, and asks for the address of a server of one’s own', async () => {
    const { code, stderr } = await place.run(['channel', 'add', '--no-test'], {
      terminal: {
        answers: [
          [/Provider: /, 'zzz\n'],
          [/Nothing fits "zzz"/, '\u007f\u007f\u007fown\n'],
          [/Which protocol does it speak: /, 'chat\r'],
          [/Base URL .*: /, 'http://127.0.0.1:1234/v1\n'],
          [/API key for this server .*: /, '\r'],
          [/A name for this channel \[local\]: /, 'not one word\n'],
          [/A name is one word[\s\S]*A name for this channel \[local\]: /, 'mine\n'],
          [/mine[\s\S]*Add it\? \[Y\/n\] /, 'y\n'],
        ],
      },
    })
    expect(stderr).toContain('Nothing fits "zzz"')
    expect(code).toBe(0)
    expect(config()).toMatch(/- name: mine\n +endpoints:\n +openai-chat: http:\/\/127\.0\.0\.1:1234\/v1\n/)
    expect(config()).not.toMatch(/^ +api_key: keychain:mine/m)
  })

  it('changes nothing when the key is not given but Ctrl-C', async () => {
    const { code, stderr } = await place.run(['channel', 'add', 'deepseek', '--no-test'], {
      terminal: { answers: [[/API key for DeepSeek .*: /, 'half a k\u0003']] },
    })
    expect(code).toBe(1)
    expect(stderr).toContain('Canceled; nothing was changed.')
    expect(existsSync(join(place.home, 'hub', 'config.yml'))).toBe(false)
  })
})

describe('init on a terminal', () => {
  const before = '{ "theme": "dark" }\n'
  const file = () => join(place.home, '.claude', 'settings.json')
  beforeEach(() => {
    mkdirSync(join(place.home, '.claude'))
    writeFileSync(file(), before)
  })

  it('writes after a yes, and undo asks before it sets back what was changed since', async () => {
    const yes = await place.run(['init', 'claude'], {
      terminal: {
        answers: [
          [/status line\? \[Y\/n\] /, '\n'],
          [/Write this\? \[Y\/n\] /, '\n'],
        ],
      },
    })
    expect(yes.code).toBe(0)
    expect(readFileSync(file(), 'utf8')).toMatch(/"command":\s*".* statusline/)
    expect(yes.stdout).toContain('Wrote ~/.claude/settings.json')
    writeFileSync(file(), readFileSync(file(), 'utf8').replace(/"http:[^"]*"/, '"http://127.0.0.1:1/"'))
    const undone = await place.run(['undo'], {
      terminal: { answers: [[/Set these back all the same\? \[y\/N\] /, 'y\n']] },
    })
    expect(undone.code).toBe(0)
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ theme: 'dark' })
  })

  it('writes nothing after a no', async () => {
    const no = await place.run(['init', 'claude'], {
      terminal: {
        answers: [
          [/status line\? \[Y\/n\] /, 'n\n'],
          [/Write this\? \[Y\/n\] /, 'what\n'],
          [/Write this\? \[Y\/n\] /, 'n\n'],
        ],
      },
    })
    expect(no.code).toBe(0)
    expect(no.stdout).toContain('Nothing was written.')
    expect(readFileSync(file(), 'utf8')).toBe(before)
    expect(existsSync(join(place.home, 'hub', 'secrets.json'))).toBe(false)
  })
})

it('colours its words on a terminal, never elsewhere and never with NO_COLOR', async () => {
  const terminal = { answers: [] }
  const [coloured, plain, piped] = await Promise.all([
    place.run(['doctor'], { terminal, env: { NO_COLOR: '' } }),
    place.run(['doctor'], { terminal }),
    place.run(['doctor'], { env: { NO_COLOR: '' } }),
  ])
  expect(coloured.stdout).toContain('\u001b[')
  expect(plain.stdout).not.toContain('\u001b')
  expect(piped.stdout).not.toContain('\u001b')
})
