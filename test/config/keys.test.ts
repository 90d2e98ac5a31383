// `api_key` as one key or several, and channels that would lead back to the hub.
import { describe, expect, it } from 'vitest'
import { resolveChannels } from '../../src/config/channels.js'
import { checkConfig } from '../../src/config/check.js'
import { planConfigEdits } from '../../src/config/edit.js'
import { formatProblem } from '../../src/config/problem.js'

const presets = new Map()
const check = (text: string) => checkConfig(text, 'config.yml', presets)
const channel = (apiKey: string) =>
  `channels:\n  - name: a\n    endpoints: { openai-chat: "http://127.0.0.1:1/v1" }\n    api_key: ${apiKey}\n`
const credential = (apiKey: string) => {
  const { config } = check(channel(apiKey))
  return config === undefined ? undefined : resolveChannels(config, presets)[0]?.credential
}
const problems = (text: string) => check(text).problems.map(formatProblem)

describe('api_key', () => {
  it('is one reference, or a list of them in the order of their positions', () => {
    expect(credential('env:ONE')).toEqual({ type: 'secret', references: ['env:ONE'] })
    expect(credential('[env:ONE, keychain:two]')).toEqual({
      type: 'secret',
      references: ['env:ONE', 'keychain:two'],
    })
  })

  it.each([
    ['[]', /config\.yml:4:14: .*api_key: .*; allowed: a list that is not empty$/],
    ['[env:ONE, "env:"]', /config\.yml:4:24: .*api_key\[1\]: .*keychain:NAME, env:NAME/],
    ['[sk-secret, sk-secret]', /api_key\[1\]: .*a key that is not in the list already/],
    ['[[sk-secret]]', /api_key\[0\]: .*keychain:NAME/],
    ['{ key: sk-secret }', /api_key: .*or a list of these/],
    ['keychian:sk-secret', /api_key: .*did you mean keychain:\?\)$/],
    ['[env:ONE, ENV:sk-secret]', /api_key\[1\]: .*did you mean env:\?\)$/],
    ['vault:sk-secret', /api_key: .*or the key itself$/],
    ['"$\u007Bsk-secret}"', /api_key: .*is written env:NAME, without \$$/],
    ['$sk-secret', /is written env:NAME, without \$$/],
  ])('%s is refused with its place, and without the value', (apiKey, told) => {
    const found = problems(channel(apiKey))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(told)
    expect(found[0]).not.toContain('sk-secret')
  })

  it.each(['sk-or-v1-0123:x', '8f14e45f-ceea:0123456789', 'a_b:c'])(
    'may be a key with a colon: %s',
    (key) => {
      expect(credential(key)).toEqual({ type: 'secret', references: [key] })
    },
  )

  it('is written as it was given', () => {
    const add = (api_key: string | string[]) =>
      planConfigEdits('channels: []\n', 'config.yml', presets, [
        { type: 'add-channel', channel: { name: 'a', endpoints: { 'openai-chat': 'http://h/v1' }, api_key } },
      ])
    expect(add('env:ONE')).toContain('api_key: env:ONE\n')
    expect(add(['env:ONE', 'env:TWO'])).toMatch(/api_key: \[ ?env:ONE, env:TWO ?\]\n/)
  })
})

describe('enabling a channel that is enabled', () => {
  it('changes no byte of the file, also in a channel on one line', () => {
    const before = 'channels:\n  - { name: a,   endpoints: { openai-chat: "http://h/v1" } } # mine\n'
    const edit = { type: 'enable-channel', name: 'a', enabled: true } as const
    expect(planConfigEdits(before, 'config.yml', presets, [edit])).toBe(before)
  })
})

describe('a channel with the address of the hub', () => {
  const at = (url: string, server = '') =>
    problems(`${server}channels:\n  - name: a\n    endpoints: { openai-chat: "${url}" }\n`)

  it.each(['http://127.0.0.1:8090/v1', 'http://localhost:8090', 'http://0.0.0.0:8090/v1'])(
    '%s is refused by default',
    (url) => {
      expect(at(url)).toEqual([
        expect.stringMatching(
          /config\.yml:3:31: .*is the address of this hub \(server\.host 127\.0\.0\.1, server\.port 8090\)/,
        ),
      ])
    },
  )

  it('is judged by the settings in force', () => {
    expect(at('http://127.0.0.1:8090/v1', 'server: { port: 9000 }\n')).toEqual([])
    expect(at('http://127.0.0.1:9000/v1', 'server: { port: 9000 }\n')).toHaveLength(1)
    expect(at('http://[::1]:8090/v1', 'server: { host: "::1" }\n')).toHaveLength(1)
  })

  it('is no other machine and no other port', () => {
    for (const url of ['http://192.168.1.9:8090/v1', 'http://127.0.0.1:11434/v1', 'https://example.com/v1'])
      expect(at(url)).toEqual([])
  })
})
