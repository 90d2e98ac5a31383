import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { dialectOf, resolveChannels } from '../../src/config/channels.js'
import { checkConfig } from '../../src/config/check.js'
import type { DialectData } from '../../src/config/dialect-schema.js'
import { normaliseBaseUrl } from '../../src/config/endpoints.js'
import { loadPresets, readPreset } from '../../src/config/presets.js'
import { PROTOCOLS } from '../../src/config/schema.js'
import type { Dialect } from '../../src/protocol/dialect.js'

const FOLDER = join(import.meta.dirname, '../../templates/providers')
const presets = loadPresets()
const every = [...presets.values()]

function channelsOf(text: string) {
  const { config, problems } = checkConfig(text, 'config.yml', presets)
  if (config === undefined) throw new Error(JSON.stringify(problems))
  return resolveChannels(config, presets)
}

describe('the presets', () => {
  it('are all read, one per file', () => {
    expect(every.map(({ name }) => `${name}.yml`).sort()).toEqual(readdirSync(FOLDER).sort())
  })

  it('cover the providers that people of these agents use', () => {
    const wanted =
      'anthropic azure-openai cerebras claude codex deepseek fireworks gemini groq kimi-coding llamacpp lmstudio minimax mistral moonshot nvidia ollama openai openrouter qwen siliconflow together vllm xai zai zai-coding zhipu zhipu-coding'
    expect(wanted.split(' ').filter((name) => presets.get(name) === undefined)).toEqual([])
  })

  it.each(every.map((preset) => [preset.name, preset] as const))(
    '%s: base URLs are in normal form, encrypted or local, and a key can be had',
    (_, preset) => {
      for (const protocol of PROTOCOLS) {
        const url = preset.endpoints[protocol]
        if (url === undefined) continue
        expect(normaliseBaseUrl(protocol, url)).toBe(url)
        expect(url).toMatch(/^https:\/\/|^http:\/\/127\.0\.0\.1:/)
      }
      expect(Object.keys(preset.endpoints).length > 0 || preset.endpoint_form !== undefined).toBe(true)
      expect(preset.key_variable !== undefined || preset.login !== undefined).toBe(true)
      const unspoken = Object.keys(preset.dialect).filter(
        (protocol) => preset.endpoint_form === undefined && !Object.hasOwn(preset.endpoints, protocol),
      )
      expect(unspoken).toEqual([])
    },
  )

  it('speak of a dialect in the very fields that the codecs know', () => {
    expectTypeOf<DialectData>().toExtend<Dialect>()
    expectTypeOf<keyof DialectData>().toEqualTypeOf<keyof Dialect>()
  })

  it('names file, line and column of a preset that is wrong', () => {
    expect(() => readPreset('name: x\ntitle: X\nauth: baerer\nendpoints: {}\n', 'x.yml')).toThrow(
      'x.yml:3:7: auth: "baerer" is not allowed; allowed: bearer, x-api-key, api-key, x-goog-api-key, none (did you mean "bearer"?)',
    )
    expect(() => readPreset('name: x\ntitle: X\nendpoints: {}\n', 'y.yml')).toThrow(
      'its name must be that of the file',
    )
  })
})

describe('a channel', () => {
  it('takes from its preset what it does not say itself', () => {
    const [channel] = channelsOf('channels:\n  - { name: d, provider: deepseek, headers: { X-A: b } }\n')
    expect(channel).toMatchObject({
      name: 'd',
      title: 'DeepSeek',
      endpoints: [
        { protocol: 'openai-chat', baseUrl: 'https://api.deepseek.com', authStyle: 'bearer' },
        {
          protocol: 'anthropic-messages',
          baseUrl: 'https://api.deepseek.com/anthropic',
          authStyle: 'bearer',
        },
      ],
      credential: { type: 'secret', references: ['env:DEEPSEEK_API_KEY'] },
      models: ['deepseek-*'],
      headers: { 'X-A': 'b' },
      priority: 0,
      weight: 1,
      enabled: true,
    })
  })

  it('overrides endpoints one by one', () => {
    const [channel] = channelsOf(
      'channels:\n  - name: d\n    provider: deepseek\n    endpoints: { openai-chat: http://127.0.0.1:9/v1/ }\n    models: [a, b]\n    api_key: env:K\n',
    )
    expect(channel?.endpoints.map(({ baseUrl }) => baseUrl)).toEqual([
      'http://127.0.0.1:9/v1',
      'https://api.deepseek.com/anthropic',
    ])
    expect(channel?.models).toEqual(['a', 'b'])
    expect(channel?.credential).toEqual({ type: 'secret', references: ['env:K'] })
  })

  it('needs no preset: each protocol sends its key as its maker does', () => {
    const [channel] = channelsOf(
      'channels:\n  - name: own\n    endpoints: { openai-chat: "http://127.0.0.1:1/v1", anthropic-messages: "http://127.0.0.1:1/v1" }\n',
    )
    expect(channel?.endpoints).toEqual([
      { protocol: 'openai-chat', baseUrl: 'http://127.0.0.1:1/v1', authStyle: 'bearer' },
      { protocol: 'anthropic-messages', baseUrl: 'http://127.0.0.1:1', authStyle: 'x-api-key' },
    ])
    expect(channel).toMatchObject({ credential: { type: 'none' }, models: undefined, catalogue: [] })
  })

  it('with the login of an agent uses it unless a key is given', () => {
    const channels = channelsOf(
      'channels:\n  - { name: a, provider: codex }\n  - { name: b, provider: claude, auth: client }\n  - { name: c, provider: claude, api_key: "sk" }\n  - { name: d, auth: client, endpoints: { openai-responses: "http://127.0.0.1:1/v1" } }\n',
    )
    expect(channels.map(({ credential }) => credential)).toEqual([
      { type: 'client', login: 'codex' },
      { type: 'client', login: 'claude-code' },
      { type: 'secret', references: ['sk'] },
      { type: 'client', login: undefined },
    ])
  })

  it('sends no key to a local server unless one is given', () => {
    const [without, given] = channelsOf(
      'channels:\n  - { name: a, provider: ollama }\n  - { name: b, provider: ollama, api_key: env:K }\n',
    )
    expect(without).toMatchObject({ credential: { type: 'none' } })
    expect(without?.endpoints.map(({ authStyle }) => authStyle)).toEqual(['none', 'none', 'none'])
    expect(given?.endpoints.map(({ authStyle }) => authStyle)).toEqual(['bearer', 'bearer', 'x-api-key'])
  })

  it('has the dialect of its protocol, narrowed by what is known of the model', () => {
    const [channel] = channelsOf('channels:\n  - { name: a, provider: anthropic }\n')
    if (channel === undefined) throw new Error('no channel')
    expect(dialectOf(channel, 'anthropic-messages', 'claude-haiku-4-5')).toEqual({
      maxOutputTokens: 64_000,
      thinking: 'budget',
      systemMessages: false,
    })
    expect(dialectOf(channel, 'anthropic-messages', 'claude-unheard-of')).toEqual({})
  })
})
