import { describe, expect, it } from 'vitest'
import { contextLimits, contextVariables } from '../../src/agents/claude-code/context.js'
import { catalogue } from '../../src/agents/codex/catalogue.js'
import { resolveChannels } from '../../src/config/channels.js'
import { checkConfig } from '../../src/config/check.js'
import { loadPresets } from '../../src/config/presets.js'
import { offeredModels } from '../../src/daemon/models.js'
import { checkProfile } from '../../src/daemon/profile-check.js'
import { routingTable } from '../../src/daemon/routing-table.js'

const presets = loadPresets()

function table(text: string) {
  const { config, problems } = checkConfig(text, 'config.yml', presets)
  if (config === undefined) throw new Error(JSON.stringify(problems))
  return routingTable(config, resolveChannels(config, presets))
}

const TABLE = table(`
channels:
  - { name: wide, provider: deepseek, api_key: x }
  - { name: kimi, provider: moonshot, api_key: x }
  - { name: tiny, endpoints: { openai-chat: http://127.0.0.1:1/v1 }, models: [small] }
  - { name: gpt, provider: openai, api_key: x }
profiles:
  mixed:
    mappings:
      - { from: "*", when: { agent: codex, subagent: true }, to: small }
      - { from: "claude-haiku-.*", to: deepseek-flash }
      - { from: "claude-.*", when: { input_tokens_over: 100000 }, to: deepseek-v4-pro }
      - { from: "claude-opus-.*", to: kimi-k2.7-code, channel: kimi }
      - { from: "claude-.*", to: nowhere }
  short:
    mappings: [{ from: "*", to: kimi-k2.7-code }]
  caught:
    mappings:
      - { from: "*", when: { background: true }, to: small }
      - { from: "*", when: { input_tokens_over: 100000 }, to: deepseek-v4-pro }
      - { from: "*", to: kimi-k2.7-code }
keys:
  claude: { profile: short }
`)
const check = (profile: string) => checkProfile(TABLE, { profile })
const claude = (profile: string, model: string) =>
  check(profile).agents.claude.models.find((one) => one.model === model)

describe('the check of a profile', () => {
  it('follows every condition that the agent can meet, and leaves out those of the other', () => {
    expect(claude('mixed', 'claude-opus-5-5')?.outcomes).toEqual([
      {
        when: 'input_tokens_over 100000',
        mapping: 3,
        answeredBy: {
          model: 'deepseek-v4-pro',
          channel: 'wide',
          protocol: 'anthropic-messages',
          mode: 'relay',
          contextWindow: 1_000_000,
        },
        problem: null,
      },
      {
        when: null,
        mapping: 4,
        answeredBy: expect.objectContaining({
          model: 'kimi-k2.7-code',
          channel: 'kimi',
          contextWindow: 262_144,
        }),
        problem: null,
      },
    ])
    expect(claude('mixed', 'claude-haiku-5-5')?.outcomes).toHaveLength(1)
  })

  it('tells what nobody answers, and why', () => {
    expect(claude('mixed', 'claude-fable-5-2')?.outcomes.at(-1)).toMatchObject({
      mapping: 5,
      answeredBy: null,
      problem: expect.stringContaining('channel wide: skipped, it does not serve nowhere'),
    })
  })

  it('tells names that are not mapped, and where they would go', () => {
    const codex = check('mixed').agents.codex.models.find(({ model }) => model === 'gpt-6.1-sol')
    expect(
      codex?.outcomes.map(({ when, mapping, answeredBy }) => [when, mapping, answeredBy?.channel]),
    ).toEqual([
      ['subagent true', 1, 'tiny'],
      [null, null, 'gpt'],
    ])
  })

  it('tells what a conversion would lose, once for each way', () => {
    const { codex, claude: other } = check('mixed').agents
    expect(codex.conversions).toHaveLength(1)
    expect(codex.conversions[0]).toMatchObject({
      channel: 'tiny',
      protocol: 'openai-chat',
      models: ['small'],
    })
    expect(codex.conversions[0]?.notes).toContainEqual({
      kind: 'emulated',
      field: 'tools.apply_patch',
      reason: expect.any(String),
    })
    expect(other.conversions).toEqual([])
  })

  it('takes the profile of a key, the active one, or none', () => {
    expect(checkProfile(TABLE, { key: 'claude' }).profile).toBe('short')
    expect(checkProfile(TABLE, {}).profile).toBeNull()
    expect(() => checkProfile(TABLE, { profile: 'shor' })).toThrow('There is no profile "shor"')
  })
})

describe('the room of a conversation', () => {
  it('is that of the smallest model that it can come to', () => {
    expect(claude('short', 'claude-opus-5-5')?.room).toBe(262_144)
    expect(check('short').agents.claude.context).toEqual({
      tooSmall: expect.arrayContaining(['claude-opus-5-5', 'claude-haiku-5-5']),
      room: 262_144,
      variables: {
        CLAUDE_CODE_DISABLE_1M_CONTEXT: '1',
        CLAUDE_CODE_MAX_CONTEXT_TOKENS: '262144',
        CLAUDE_CODE_AUTO_COMPACT_WINDOW: '262144',
      },
      advice: expect.stringContaining('axonhub init claude'),
    })
  })

  it('is not that of a model which long conversations never reach', () => {
    expect(claude('caught', 'claude-opus-5-5')?.room).toBe(1_000_000)
    expect(check('caught').agents.claude.context).toMatchObject({ tooSmall: [], variables: {}, advice: null })
  })

  it('is what Codex is told in the list of models', () => {
    const offered = offeredModels(TABLE, { keyName: 'claude', agent: 'codex' }, ['gpt-6.1-terra'])
    const terra = offered.find(({ id }) => id === 'gpt-6.1-terra')
    expect(terra).toMatchObject({ answeredBy: 'kimi-k2.7-code', contextWindow: 262_144 })
    const [entry] = catalogue({
      instructions: '',
      models: [{ slug: 'gpt-6.1-terra', contextWindow: terra?.contextWindow ?? 0 }],
    }).models
    expect(entry).toMatchObject({ context_window: 262_144, max_context_window: 262_144 })
  })
})

describe('the names that are offered', () => {
  it('hold what the rules lead to, where a channel serves it, and no pattern', () => {
    const names = offeredModels(TABLE, { keyName: 'claude', agent: 'codex' }, []).map(({ id }) => id)
    expect(names).toContain('kimi-k2.7-code')
    expect(names.filter((name) => /[$*]/.test(name))).toEqual([])
  })
})

describe('the variables of Claude Code', () => {
  it.each([
    [undefined, {}],
    [1_000_000, {}],
    [
      128_000,
      {
        CLAUDE_CODE_DISABLE_1M_CONTEXT: '1',
        CLAUDE_CODE_MAX_CONTEXT_TOKENS: '128000',
        CLAUDE_CODE_AUTO_COMPACT_WINDOW: '128000',
      },
    ],
  ])('for a room of %s', (room, variables) => {
    expect(contextVariables(room)).toEqual(variables)
  })

  it('cannot say less than 200 000 tokens of its own models', () => {
    expect([undefined, 1_000_000, 200_000].map(contextLimits)).toEqual([undefined, undefined, undefined])
    expect(contextLimits(128_000)).toContain('200000 tokens at least')
  })
})
