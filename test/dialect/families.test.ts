// Models that share a departure, and what presets say of them.
import { describe, expect, it } from 'vitest'
import { globMatches } from '../../src/base/name-pattern.js'
import { dialectOf, resolveChannels } from '../../src/config/channels.js'
import { loadPresets } from '../../src/config/presets.js'
import { configSchema, type Protocol } from '../../src/config/schema.js'

const presets = loadPresets()
const every = [...presets.values()]

function dialect(provider: string, protocol: Protocol, model: string) {
  const config = configSchema.parse({ channels: [{ name: 'up', provider }] })
  const [channel] = resolveChannels(config, presets)
  if (channel === undefined) throw new Error('no channel')
  return dialectOf(channel, protocol, model)
}

describe('a family of models', () => {
  it.each(
    every.filter((preset) => preset.families.length > 0).map((preset) => [preset.name, preset] as const),
  )('of %s speaks of protocols that its preset speaks of', (_name, preset) => {
    const known = [...Object.keys(preset.dialect), ...Object.keys(preset.endpoints)]
    const named = preset.families.flatMap((family) => Object.keys(family.dialect))
    expect(named.filter((protocol) => !known.includes(protocol))).toEqual([])
  })

  it.each<[string, Protocol, string, object]>([
    ['anthropic', 'anthropic-messages', 'claude-opus-5-5', { forbid: ['temperature', 'top_p', 'top_k'] }],
    [
      'anthropic',
      'anthropic-messages',
      'claude-sonnet-4-5-20250929',
      { thinking: 'budget', systemMessages: false },
    ],
    ['openai', 'openai-responses', 'gpt-4o', { reasoning: 'none', customTools: false }],
    ['openai', 'openai-responses', 'gpt-6.1-sol', { customTools: true, forbid: ['temperature', 'top_p'] }],
    ['zai', 'openai-chat', 'glm-5.3-flash', { reasoning: 'thinking', efforts: ['low', 'high', 'max'] }],
    ['moonshot', 'openai-chat', 'kimi-k2.6', { reasoning: 'thinking' }],
    ['openrouter', 'openai-chat', 'anthropic/claude-opus-5.5', { cacheControl: true, developerRole: true }],
    ['groq', 'openai-chat', 'qwen/qwen3.8-27b', { defaults: { reasoning_format: 'parsed' } }],
  ])('%s over %s: %s is known for %j', (provider, protocol, model, expected) => {
    expect(dialect(provider, protocol, model)).toMatchObject(expected)
  })

  it('adds to what the provider forbids', () => {
    const { forbid } = dialect('moonshot', 'openai-chat', 'kimi-k3')
    expect(forbid).toContain('temperature')
    expect(dialect('openrouter', 'openai-chat', 'z-ai/glm-5.3').developerRole).toBeUndefined()
  })
})

describe('a preset', () => {
  it.each(every.map((preset) => [preset.name, preset] as const))(
    '%s serves the models that it lists',
    (_name, preset) => {
      const { serves } = preset
      if (serves === undefined) return
      const lost = preset.models.filter(({ id }) => !serves.some((glob) => globMatches(glob, id)))
      expect(lost.map(({ id }) => id)).toEqual([])
    },
  )

  it.each(every.map((preset) => [preset.name, preset] as const))(
    '%s never forbids what its protocol needs',
    (_name, preset) => {
      const dialects = [preset.dialect, ...preset.families.map((family) => family.dialect)].flatMap((one) =>
        Object.values(one),
      )
      const needed = ['model', 'messages', 'input', 'tools', 'stream']
      expect(dialects.flatMap(({ forbid = [] }) => forbid.filter((name) => needed.includes(name)))).toEqual(
        [],
      )
    },
  )
})
