import { describe, expect, it } from 'vitest'
import { checkConfig } from '../../src/config/check.js'
import { loadPresets } from '../../src/config/presets.js'
import { formatProblem } from '../../src/config/problem.js'

const presets = loadPresets()
const problems = (text: string) => checkConfig(text, 'config.yml', presets).problems.map(formatProblem)
const warnings = (text: string) => checkConfig(text, 'config.yml', presets).warnings.map(formatProblem)

const CHANNEL = 'channels:\n  - name: a\n    endpoints: { openai-chat: http://127.0.0.1:1/v1 }\n'

describe('checking a config', () => {
  it.each<[name: string, text: string, expected: string]>([
    [
      'a misspelt key',
      'server:\n  prot: 9000\n',
      'config.yml:2:3: server.prot: unknown key; allowed: host, port, allow_remote, tls, llm_request_timeout, trace, capture (did you mean "port"?)',
    ],
    [
      'a key at the top that nobody knows',
      'chanels: []\n',
      'config.yml:1:1: chanels: unknown key; allowed: server, routing, provider_quota, telemetry, active_profile, channels, profiles, keys, hooks (did you mean "channels"?)',
    ],
    [
      'a key whose behaviour does not exist',
      'keys:\n  codex:\n    telepathy: on\n',
      'config.yml:3:5: keys.codex.telepathy: unknown key; allowed: profile',
    ],
    [
      'a port out of range',
      'server: { port: 70000 }\n',
      'config.yml:1:17: server.port: 70000 is not allowed; allowed: a whole number from 0 to 65535',
    ],
    [
      'a port in quotes',
      'server:\n  port: "8090"\n',
      'config.yml:2:9: server.port: "8090" is not allowed; allowed: a whole number from 0 to 65535',
    ],
    [
      'a host that others can reach',
      'server:\n  host: 0.0.0.0\n',
      'config.yml:2:9: server.host: "0.0.0.0" lets other machines in, which needs `allow_remote: true` and `tls: { cert: FILE, key: FILE }` beside it; allowed without: 127.0.0.1, ::1, localhost',
    ],
    [
      'a host that others can reach, in clear text',
      'server:\n  host: 192.168.1.5\n  allow_remote: true\n',
      'config.yml:2:9: server.host: "192.168.1.5" lets other machines in, which needs `tls: { cert: FILE, key: FILE }` beside it; allowed without: 127.0.0.1, ::1, localhost',
    ],
    [
      'a certificate without its key',
      'server:\n  tls: { cert: a.pem }\n',
      'config.yml:2:3: server.tls.key: is missing; needed: text, not empty',
    ],
    [
      'a host with a scheme',
      'server:\n  host: http://127.0.0.1\n',
      'config.yml:2:9: server.host: "http://127.0.0.1" is not allowed; allowed: an address of this machine, for example 127.0.0.1, without http:// and without a port',
    ],
    [
      'a duration without unit',
      'server:\n  llm_request_timeout: 600\n',
      'config.yml:2:24: server.llm_request_timeout: 600 is not allowed; allowed: a duration with its unit: 500ms, 600s, 20m, 12h or 30d',
    ],
    [
      'a word that is not in the list',
      'server:\n  capture:\n    bodies: ful\n',
      'config.yml:3:13: server.capture.bodies: "ful" is not allowed; allowed: full, metadata, off (did you mean "full"?)',
    ],
    [
      'a value that is empty',
      'server:\n  port:\n',
      'config.yml:2:3: server.port: is empty; allowed: a whole number from 0 to 65535',
    ],
    [
      'a group that is no mapping',
      'routing: 5\n',
      'config.yml:1:10: routing: 5 is not allowed; allowed: a mapping (key: value)',
    ],
    [
      'a list that is no list',
      'channels: deepseek\n',
      'config.yml:1:11: channels: "deepseek" is not allowed; allowed: a list',
    ],
    [
      'a header with a blank',
      'server:\n  trace:\n    trace_header: My Trace\n',
      'config.yml:3:19: server.trace.trace_header: "My Trace" is not allowed; allowed: a header\'s name, for example AH-Trace-Id',
    ],
    [
      'an item of a list',
      'server:\n  trace:\n    extra_trace_headers: [ok, "not ok"]\n',
      'config.yml:3:31: server.trace.extra_trace_headers[1]: "not ok" is not allowed; allowed: a header\'s name, for example AH-Trace-Id',
    ],
    [
      'a condition that nobody knows',
      'profiles:\n  p:\n    mappings:\n      - { from: x, to: y, when: { has_image: true } }\n',
      'config.yml:4:35: profiles.p.mappings[0].when.has_image: unknown key; allowed: agent, input_tokens_over, has_images, thinking, background, subagent, web_search, quota_below (did you mean "has_images"?)',
    ],
    [
      'a condition on an agent that nobody knows',
      'profiles:\n  p:\n    mappings:\n      - { from: x, to: y, when: { agent: claud } }\n',
      'config.yml:4:42: profiles.p.mappings[0].when.agent: "claud" is not allowed; allowed: codex, claude, opencode, gemini, other (did you mean "claude"?)',
    ],
    [
      'a condition of the wrong kind',
      'profiles:\n  p:\n    mappings:\n      - { from: x, to: y, when: { input_tokens_over: 60k } }\n',
      'config.yml:4:54: profiles.p.mappings[0].when.input_tokens_over: "60k" is not allowed; allowed: a whole number from 0 to 100000000',
    ],
    [
      'conditions that are none',
      'profiles:\n  p:\n    mappings:\n      - { from: x, to: y, when: background }\n',
      'config.yml:4:33: profiles.p.mappings[0].when: "background" is not allowed; allowed: a mapping (key: value)',
    ],
    [
      'a profile that is to stand on another',
      'profiles:\n  p: { extends: q }\n  q: {}\n',
      'config.yml:2:8: profiles.p.extends: unknown key; allowed: mappings, channels, tags',
    ],
    [
      'a channel without a name',
      'channels:\n  - provider: openai\n',
      'config.yml:2:5: channels[0].name: is missing; needed: a name of letters, digits, dot, dash and underscore, at most 64',
    ],
    [
      'two channels of one name',
      'channels:\n  - { name: a, provider: openai }\n  - { name: a, provider: anthropic }\n',
      'config.yml:3:13: channels[1].name: "a" is already the name of channels[0]',
    ],
    [
      'a channel without endpoints',
      'channels:\n  - name: a\n    tags: [x]\n',
      'config.yml:2:5: channels[0].endpoints: is missing; a channel needs a `provider`, or `endpoints` with a base URL per protocol',
    ],
    [
      'a provider that asks for its address',
      'channels:\n  - name: a\n    provider: azure-openai\n',
      'config.yml:2:5: channels[0].endpoints: is missing; azure-openai needs the address of your own: https://RESOURCE.openai.azure.com/openai/v1',
    ],
    [
      'a protocol that does not exist',
      'channels:\n  - name: a\n    endpoints:\n      openai-chats: http://127.0.0.1/v1\n',
      'config.yml:4:7: channels[0].endpoints.openai-chats: "openai-chats" is not allowed; allowed: openai-chat, openai-responses, anthropic-messages, gemini (did you mean "openai-chat"?)',
    ],
    [
      'two endpoints of one protocol',
      'channels:\n  - name: a\n    endpoints:\n      openai-chat: http://127.0.0.1/v1\n      openai-chat: http://127.0.0.1/v2\n',
      'config.yml:5:7: not valid YAML: the key openai-chat stands there twice; keep one of them',
    ],
    [
      'a URL that is none',
      'channels:\n  - name: a\n    endpoints: { openai-chat: localhost:11434 }\n',
      'config.yml:3:31: channels[0].endpoints.openai-chat: "localhost:11434" is not allowed; allowed: a URL that begins with https:// (or http:// on your own network), without user name',
    ],
    [
      'a client login where the provider has none',
      'channels:\n  - name: a\n    provider: deepseek\n    auth: client\n',
      'config.yml:4:11: channels[0].auth: "deepseek" has no login of an agent; use api_key, or the provider codex or claude',
    ],
    [
      'a key beside a client login',
      'channels:\n  - name: a\n    provider: codex\n    auth: client\n    api_key: env:X\n',
      'config.yml:5:5: channels[0].api_key: cannot stand beside `auth: client`; keep one of them',
    ],
    [
      'a mapping without a target',
      'profiles:\n  p:\n    mappings:\n      - from: x\n',
      'config.yml:4:9: profiles.p.mappings[0].to: is missing; needed: text, not empty',
    ],
    [
      'a mapping to a channel that is not there',
      `${CHANNEL}profiles:\n  p:\n    mappings:\n      - { from: x, to: y, channel: [a, aa] }\n`,
      'config.yml:7:40: profiles.p.mappings[0].channel[1]: there is no channel "aa" (did you mean "a"?); known: a',
    ],
    [
      'a profile limited to a channel that is not there',
      'profiles:\n  p:\n    channels: [b]\n',
      'config.yml:3:16: profiles.p.channels[0]: there is no channel "b"; there is none yet',
    ],
    [
      'a regular expression that cannot be read',
      'profiles:\n  p:\n    mappings:\n      - { from: "gpt-(4", to: x }\n',
      'config.yml:4:17: profiles.p.mappings[0].from: "gpt-(4" is not a regular expression: Unterminated group',
    ],
    [
      'a regular expression that explodes',
      'profiles:\n  p:\n    mappings:\n      - { from: "(a+)+", to: x }\n',
      'config.yml:4:17: profiles.p.mappings[0].from: "(a+)+" could take time without bound: a repeated part repeats itself',
    ],
    [
      'a group that `from` does not have',
      'profiles:\n  p:\n    mappings:\n      - { from: "gpt-(.*)", to: "$1-$2" }\n',
      'config.yml:4:33: profiles.p.mappings[0].to: "$2" needs a second group in `from`, which has 1',
    ],
    [
      'an active profile that is not there',
      'profiles: { cheap: {} }\nactive_profile: chaep\n',
      'config.yml:2:17: active_profile: there is no profile "chaep" (did you mean "cheap"?); known: cheap',
    ],
    [
      'a key with a profile that is not there',
      'keys:\n  codex: { profile: cheap }\n',
      'config.yml:2:21: keys.codex.profile: there is no profile "cheap"; there is none yet',
    ],
    [
      'YAML that cannot be read',
      'server:\n  port: [1\nkeys: {}\n',
      'config.yml:3:1: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ])('names place, value and what is allowed for %s', (_, text, expected) => {
    expect(problems(text)).toEqual([expected])
  })

  it('names a provider that is not known, with the nearest and all known ones', () => {
    const [problem = ''] = problems('channels:\n  - { name: a, provider: deepsek }\n')
    expect(problem).toContain('config.yml:2:26: channels[0].provider: there is no provider "deepsek"')
    expect(problem).toContain('(did you mean "deepseek"?); known: anthropic, azure-openai')
  })

  it('tells all problems of a file at once, sorted by line', () => {
    const text = [
      'active_profile: nope',
      'server: { port: x, host: 1.2.3.4 }',
      'channels:',
      '  - { name: "a b", provider: zzz }',
      'keys: { k: { profile: p } }',
      '',
    ].join('\n')
    expect(problems(text).map((line) => line.split(': ').slice(0, 2).join(' '))).toEqual([
      'config.yml:1:17 active_profile',
      'config.yml:2:17 server.port',
      'config.yml:2:26 server.host',
      'config.yml:4:13 channels[0].name',
      'config.yml:4:30 channels[0].provider',
      'config.yml:5:23 keys.k.profile',
    ])
  })

  it('never repeats what may be a secret', () => {
    const secret = 'sk-very-secret'
    const text = `channels:\n  - name: a\n    provider: openai\n    api_key: [[${secret}]]\n    headers: { Authorization: [${secret}] }\n`
    const told = problems(text)
    expect(told).toHaveLength(2)
    expect(told.join('\n')).not.toContain(secret)
  })

  it('follows aliases and still knows the places', () => {
    const text =
      'channels:\n  - &a { name: a, provider: openai }\nprofiles:\n  p: &p\n    channels: [b]\n  q: *p\n'
    expect(problems(text)).toEqual([
      'config.yml:5:16: profiles.p.channels[0]: there is no channel "b"; known: a',
      'config.yml:5:16: profiles.q.channels[0]: there is no channel "b"; known: a',
    ])
  })

  it.each(['', '# only a comment\n', '---\n', 'channels:\nprofiles:\nkeys:\nserver:\n'])(
    'takes a file that says nothing: %j',
    (text) => {
      expect(problems(text)).toEqual([])
    },
  )

  it.each([
    ['- a\n', 'the file holds a list; it must hold settings'],
    ['just text\n', 'the file holds plain text; it must hold settings'],
    ['42\n', 'the file holds plain text; it must hold settings'],
    ['a: *b\n', 'every alias (*name) needs its anchor'],
    [Buffer.from('\uFEFFserver:\n', 'utf16le').toString('utf8'), 'the file is not UTF-8 text; save it'],
  ])('refuses a file that is no mapping, and says what it is: %j', (text, said) => {
    const [found, ...others] = problems(text)
    expect(others).toEqual([])
    expect(found).toContain(`: ${said}`)
  })

  it.each(['on', 'true', 'false', '[3]'])('says how the breaker is turned off: %s', (value) => {
    expect(problems(`routing: { breaker: ${value} }\n`)).toEqual([
      expect.stringMatching(/routing\.breaker: .* allowed: off, or a mapping with failures/),
    ])
  })

  it('warns of mappings that are never used and of keys sent in clear text', () => {
    const text = [
      'channels:',
      '  - name: a',
      '    endpoints: { openai-chat: http://api.example.com/v1, openai-responses: http://192.168.1.4/v1 }',
      'profiles:',
      '  p:',
      '    mappings: [{ from: x, to: y }, { from: "*", to: y }, { from: z, to: y }]',
      '  q:',
      '    mappings: [{ from: x, to: y }, { from: x, to: z }]',
      '',
    ].join('\n')
    expect(problems(text)).toEqual([])
    expect(warnings(text)).toEqual([
      'config.yml:3:31: channels[0].endpoints.openai-chat: http:// sends keys and conversations in clear text over the network; use https://',
      'config.yml:6:58: profiles.p.mappings[2]: is never used: mappings[1] matches first',
      'config.yml:8:36: profiles.q.mappings[1]: is never used: mappings[0] matches first',
    ])
  })
})
