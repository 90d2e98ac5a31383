// What init decides for Claude Code: login, environment, onboarding, warnings; and how `run` starts it.
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AgentState, InitChoices } from '../../src/agents/agent.js'
import { claudeCode } from '../../src/agents/claude-code/agent.js'
import { aliasToModel, discoveryModels } from '../../src/agents/claude-code/models.js'
import { applyAgentInit, planAgentInit } from '../../src/agents/init.js'
import { CLAUDE_LOGIN, clock, KEY, type Machine, machine } from './machine.js'

let box: Machine

beforeEach(async () => {
  box = await machine()
})

afterEach(() => box.remove())

async function settings(choices: Partial<InitChoices> = {}): Promise<unknown> {
  await applyAgentInit(claudeCode, box.request(choices), clock)
  return JSON.parse((await box.read(box.claudeSettings)) ?? '')
}

const KEY_ENVIRONMENT = {
  ANTHROPIC_BASE_URL: 'http://127.0.0.1:8090/anthropic',
  ANTHROPIC_AUTH_TOKEN: KEY,
  CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
  CLAUDE_CODE_AUTO_MODE_SERVER: '0',
}
const KEEP_ENVIRONMENT = {
  ANTHROPIC_BASE_URL: 'http://127.0.0.1:8090/anthropic',
  ANTHROPIC_CUSTOM_HEADERS: `X-AxonHub-Key: ${KEY}`,
  CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
}

describe('init claude', () => {
  it('writes the environment, and ends the onboarding of a client that never ran', async () => {
    expect(await settings()).toEqual({ env: KEY_ENVIRONMENT })
    expect(JSON.parse((await box.read(box.claudeState)) ?? '')).toEqual({ hasCompletedOnboarding: true })
  })

  it.each(['{"hasCompletedOnboarding":false}', '{"hasCompletedOnboarding":true,"n":1}'])(
    'leaves a state file alone that says %s',
    async (text) => {
      await box.put(box.claudeState, text)
      await settings()
      expect(await box.read(box.claudeState)).toBe(text)
    },
  )

  it('tells it of models with less room than it believes, and takes that back when they have it', async () => {
    const room = {
      CLAUDE_CODE_DISABLE_1M_CONTEXT: '1',
      CLAUDE_CODE_MAX_CONTEXT_TOKENS: '128000',
      CLAUDE_CODE_AUTO_COMPACT_WINDOW: '128000',
    }
    expect(await settings({ room: 128_000 })).toEqual({ env: { ...KEY_ENVIRONMENT, ...room } })
    expect(await settings({ room: 1_000_000 })).toEqual({ env: KEY_ENVIRONMENT })
  })

  it('says what no variable can tell it of its own models', async () => {
    const { warnings } = await planAgentInit(claudeCode, box.request({ room: 128_000 }))
    expect(warnings).toEqual([expect.stringContaining('200000 tokens at least')])
    const other = await planAgentInit(claudeCode, box.request({ room: 128_000, model: 'kimi-k3' }))
    expect(other.warnings).toEqual([])
  })

  it('keeps a claude.ai login that is there: no token, only the header', async () => {
    await box.put(join(box.home, '.claude', '.credentials.json'), CLAUDE_LOGIN)
    const plan = await planAgentInit(claudeCode, box.request())
    expect(plan).toMatchObject({ login: 'keep', state: { login: 'oauth' }, warnings: [] })
    expect(plan.diff).not.toContain(KEY)
    expect(await settings()).toEqual({ env: KEEP_ENVIRONMENT })
    expect(await box.read(box.claudeState)).toBeNull()
  })

  it('takes credentials of MCP servers for no login', async () => {
    await box.put(join(box.home, '.claude', '.credentials.json'), '{"mcpOAuth":{}}')
    expect((await planAgentInit(claudeCode, box.request())).state.login).toBe('none')
  })

  it.each([
    ['a token for another gateway', { env: { ANTHROPIC_AUTH_TOKEN: 'corp-token' } }],
    ['an API key', { env: { ANTHROPIC_API_KEY: 'sk-ant-x' } }],
    ['a key helper', { apiKeyHelper: '/bin/key' }],
  ])('does not keep a login that is not in use because of %s', async (_title, own) => {
    await box.put(join(box.home, '.claude', '.credentials.json'), CLAUDE_LOGIN)
    await box.put(box.claudeSettings, JSON.stringify(own))
    expect((await planAgentInit(claudeCode, box.request())).login).toBe('key')
  })

  it('takes a hub token from a guide out when the login is kept, and adds to the headers of the user', async () => {
    await box.put(join(box.home, '.claude', '.credentials.json'), CLAUDE_LOGIN)
    const own = { ANTHROPIC_AUTH_TOKEN: `ah-${'0'.repeat(48)}`, ANTHROPIC_CUSTOM_HEADERS: 'X-Team: blue' }
    await box.put(box.claudeSettings, JSON.stringify({ env: own }))
    expect(await settings()).toEqual({
      env: { ...KEEP_ENVIRONMENT, ANTHROPIC_CUSTOM_HEADERS: `X-Team: blue\nX-AxonHub-Key: ${KEY}` },
    })
    const other = `ah-${'f'.repeat(48)}`
    expect(await settings({ key: other })).toEqual({
      env: { ...KEEP_ENVIRONMENT, ANTHROPIC_CUSTOM_HEADERS: `X-Team: blue\nX-AxonHub-Key: ${other}` },
    })
  })

  it('writes a model only when one is asked for, and keeps it on record', async () => {
    expect(await settings({ defaultModel: 'x' })).not.toHaveProperty('model')
    expect(await settings({ model: 'opus' })).toHaveProperty('model', 'opus')
    expect((await planAgentInit(claudeCode, box.request())).files).toEqual([])
  })

  it('honours CLAUDE_CONFIG_DIR for settings and state', async () => {
    const folder = join(box.home, 'claude-work')
    const plan = await planAgentInit(claudeCode, box.request({}, { CLAUDE_CONFIG_DIR: folder }))
    expect(plan.files.map((file) => file.path)).toEqual([
      join(folder, 'settings.json'),
      join(folder, '.claude.json'),
    ])
  })

  it('says that comments keep Claude Code from using the file, and keeps them', async () => {
    await box.put(box.claudeSettings, '{\n  // mine\n  "theme": "dark"\n}\n')
    const { warnings, files } = await planAgentInit(claudeCode, box.request())
    expect(warnings).toEqual([expect.stringContaining('settings.json holds comments')])
    expect(files[0]?.after).toContain('// mine')
    await box.put(box.claudeSettings, '\uFEFF{ "theme": "dark" }\n')
    expect((await planAgentInit(claudeCode, box.request())).warnings).toEqual([])
  })

  it('names what would lead past the hub', async () => {
    const project = join(box.home, 'work')
    const managed = join(box.home, '..', 'etc', 'claude-code')
    await box.put(box.claudeSettings, '{"apiKeyHelper":"/bin/key","env":{"ANTHROPIC_API_KEY":"sk-ant-x"}}')
    await box.put(
      join(project, '.claude', 'settings.local.json'),
      '{"env":{"ANTHROPIC_BASE_URL":"http://x"}}',
    )
    await box.put(
      join(managed, 'managed-settings.json'),
      '{"env":{"ANTHROPIC_AUTH_TOKEN":"t"},"apiKeyHelper":"h"}',
    )
    await box.put(join(managed, 'managed-settings.d', '10.json'), '{"env":{"ANTHROPIC_API_KEY":"t"}}')
    const env = {
      ANTHROPIC_API_KEY: 'sk',
      CLAUDE_CODE_USE_BEDROCK: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }
    const { warnings } = await planAgentInit(claudeCode, box.request({}, env, project))
    expect(warnings).toEqual([
      expect.stringContaining('ANTHROPIC_API_KEY is exported'),
      expect.stringContaining('env.ANTHROPIC_API_KEY is set'),
      expect.stringContaining('apiKeyHelper is set'),
      expect.stringContaining('CLAUDE_CODE_USE_BEDROCK is set'),
      expect.stringContaining('model picker'),
      expect.stringMatching(/settings\.local\.json sets env\.ANTHROPIC_BASE_URL, which wins/),
      expect.stringMatching(
        /managed-settings\.json sets env\.ANTHROPIC_AUTH_TOKEN, apiKeyHelper, which wins/,
      ),
      expect.stringMatching(/10\.json sets env\.ANTHROPIC_API_KEY, which wins/),
    ])
  })
})

describe('run claude', () => {
  const state: AgentState = {
    installed: true,
    command: undefined,
    version: undefined,
    home: '/h',
    configFile: '/h/s',
    login: 'oauth',
  }

  it.each<[login: 'keep' | 'key', env: object]>([
    ['key', { ...KEY_ENVIRONMENT, ANTHROPIC_API_KEY: '', ANTHROPIC_CUSTOM_HEADERS: '' }],
    ['keep', { ...KEEP_ENVIRONMENT, ANTHROPIC_API_KEY: '', ANTHROPIC_AUTH_TOKEN: '' }],
  ])('gives a settings file of its own with login %s, and no key in the arguments', (login, env) => {
    const launch = claudeCode.run({
      choices: box.request({ login, model: 'opus' }).choices,
      state,
      args: ['-p', 'hi'],
      runFolder: '/run',
    })
    expect(launch.args).toEqual(['--settings', '/run/claude-settings.json', '--model', 'opus', '-p', 'hi'])
    expect(launch.files.map((file) => JSON.parse(file.text))).toEqual([{ env }])
    expect(launch.env).toEqual({ ANTHROPIC_API_KEY: undefined })
  })
})

describe('the models that Claude Code discovers', () => {
  it('have ids that it shows', () => {
    const list = discoveryModels([
      { id: 'deepseek-chat', displayName: 'DeepSeek' },
      { id: 'claude-opus-5-5' },
    ])
    expect(list).toEqual({
      data: [
        {
          type: 'model',
          id: 'anthropic/deepseek-chat',
          display_name: 'DeepSeek',
          created_at: '1970-01-01T00:00:00Z',
        },
        {
          type: 'model',
          id: 'claude-opus-5-5',
          display_name: 'claude-opus-5-5',
          created_at: '1970-01-01T00:00:00Z',
        },
      ],
      has_more: false,
      first_id: 'anthropic/deepseek-chat',
      last_id: 'claude-opus-5-5',
    })
    expect(discoveryModels([])).toMatchObject({ data: [], first_id: null, last_id: null })
  })

  it('lead back to the model, unless a model really has such a name', () => {
    const isKnown = (model: string) => ['deepseek-chat', 'anthropic/claude-opus-5.5'].includes(model)
    expect(aliasToModel('anthropic/deepseek-chat', isKnown)).toBe('deepseek-chat')
    expect(aliasToModel('anthropic/claude-opus-5.5', isKnown)).toBe('anthropic/claude-opus-5.5')
    expect(aliasToModel('claude-opus-5-5', isKnown)).toBe('claude-opus-5-5')
  })
})
