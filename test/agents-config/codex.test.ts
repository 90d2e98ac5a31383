// What init decides for Codex: login, credential, an existing block, warnings; and how `run` starts it.

import { join } from 'node:path'
import { parse as iarnaParse } from '@iarna/toml'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AgentState, InitChoices } from '../../src/agents/agent.js'
import { codex } from '../../src/agents/codex/agent.js'
import { applyAgentInit, planAgentInit } from '../../src/agents/init.js'
import { CHATGPT_LOGIN, clock, KEY, type Machine, machine } from './machine.js'

let box: Machine

beforeEach(async () => {
  box = await machine()
})

afterEach(() => box.remove())

async function written(choices: Partial<InitChoices> = {}): Promise<Record<string, unknown>> {
  await applyAgentInit(codex, box.request(choices), clock)
  return JSON.parse(JSON.stringify(iarnaParse((await box.read(box.codexConfig)) ?? '')))
}

const ADDRESS = { name: 'axonhub', base_url: 'http://127.0.0.1:8090/v1', wire_api: 'responses' }
const RETRIES = { request_max_retries: 1, stream_max_retries: 2 }

describe('init codex', () => {
  it('writes a provider that gets its key from a command, and shows no key in the file', async () => {
    expect(await written({ defaultModel: 'kimi-k3' })).toEqual({
      model: 'kimi-k3',
      model_provider: 'axonhub-responses',
      model_providers: {
        'axonhub-responses': {
          ...ADDRESS,
          ...RETRIES,
          auth: { command: '/usr/bin/node', args: ['/opt/axonhub/bin/axonhub.js', 'token', 'codex'] },
        },
      },
    })
    expect(await box.read(box.codexConfig)).not.toContain(KEY)
  })

  it.each<[auth: 'token' | 'env', keys: object]>([
    ['token', { experimental_bearer_token: KEY }],
    ['env', { env_key: 'AXONHUB_API_KEY', env_key_instructions: expect.stringContaining('axonhub env') }],
  ])('writes one credential and no other with --auth %s', async (auth, keys) => {
    const config = await written({ auth })
    expect(config['model_providers']).toEqual({ 'axonhub-responses': { ...ADDRESS, ...RETRIES, ...keys } })
    expect((await planAgentInit(codex, box.request({ auth }))).warnings).toEqual([
      expect.stringContaining('does not ask the hub for its models'),
    ])
  })

  it('keeps a ChatGPT login that is there, and sends the hub key beside it', async () => {
    await box.put(join(box.home, '.codex', 'auth.json'), CHATGPT_LOGIN)
    const plan = await planAgentInit(codex, box.request())
    expect(plan).toMatchObject({ login: 'keep', state: { login: 'chatgpt', installed: true }, warnings: [] })
    expect(plan.diff).not.toContain(KEY)
    expect((await written())['model_providers']).toEqual({
      'axonhub-responses': {
        ...ADDRESS,
        ...RETRIES,
        requires_openai_auth: true,
        http_headers: { 'X-AxonHub-Key': KEY },
      },
    })
  })

  it('does not take an API key login for a plan', async () => {
    await box.put(join(box.home, '.codex', 'auth.json'), '{"auth_mode":"apikey","OPENAI_API_KEY":"sk-x"}')
    expect(await planAgentInit(codex, box.request())).toMatchObject({
      login: 'key',
      state: { login: 'apikey' },
    })
  })

  it('holds on to what was chosen before, until something else is chosen', async () => {
    await written({ auth: 'token' })
    expect((await planAgentInit(codex, box.request())).files).toEqual([])
    expect((await planAgentInit(codex, box.request({ auth: 'command' }))).files).toHaveLength(1)
  })

  it('refuses a kept login together with another credential', async () => {
    await expect(planAgentInit(codex, box.request({ login: 'keep', auth: 'token' }))).rejects.toMatchObject({
      code: 'usage',
    })
  })

  it('leaves the model of the user, and sets the one that is asked for', async () => {
    await box.put(box.codexConfig, "model = 'mine' # c\n")
    expect((await written({ defaultModel: 'x' }))['model']).toBe('mine')
    expect((await written({ model: 'x' }))['model']).toBe('x')
    expect(await box.read(box.codexConfig)).toContain('model = "x" # c')
    expect((await planAgentInit(codex, box.request())).files).toEqual([])
  })

  it('mends a block from a guide: one credential, the Responses wire, a name that is not OpenAI', async () => {
    await box.put(
      box.codexConfig,
      [
        '[model_providers.axonhub-responses] # from the guide',
        'name = "OpenAI"',
        "base_url = 'http://127.0.0.1:8090/v1' # local",
        'wire_api = "chat"',
        'env_key = "AXONHUB_API_KEY" # exported',
        'experimental_bearer_token = "ah-old"',
        'supports_websockets = true',
        'query_params = { team = "blue" }',
        'request_max_retries = 9',
        '[model_providers.axonhub-responses.http_headers]',
        'Authorization = "Bearer x"',
        'X-Team = "blue"',
        '',
      ].join('\n'),
    )
    const config = await written()
    expect(config['model_providers']).toEqual({
      'axonhub-responses': {
        ...ADDRESS,
        query_params: { team: 'blue' },
        request_max_retries: 9,
        stream_max_retries: 2,
        auth: { command: '/usr/bin/node', args: ['/opt/axonhub/bin/axonhub.js', 'token', 'codex'] },
        http_headers: { 'X-Team': 'blue' },
      },
    })
    const text = await box.read(box.codexConfig)
    expect(text).toContain("base_url = 'http://127.0.0.1:8090/v1' # local")
    expect(text).toContain('[model_providers.axonhub-responses] # from the guide')
  })

  it('honours CODEX_HOME', async () => {
    const home = join(box.home, 'elsewhere')
    const plan = await planAgentInit(codex, box.request({}, { CODEX_HOME: home }))
    expect(plan.files.map((file) => file.path)).toEqual([join(home, 'config.toml')])
  })

  it('names what would lead past the hub', async () => {
    const project = join(box.home, 'work', 'api')
    await box.put(
      box.codexConfig,
      'profile = "x"\nmodel_catalog_json = "/m.json"\n[profiles.x]\nmodel = "y"\n',
    )
    await box.put(join(box.home, '.codex', 'corp.config.toml'), 'model_provider = "corp"\n')
    await box.put(join(box.home, '..', 'etc', 'codex', 'managed_config.toml'), 'model_provider = "managed"\n')
    await box.put(join(box.home, 'work', '.codex', 'config.toml'), 'model = "gpt-4"\n')
    await box.put(join(project, 'readme'), '')
    const { warnings } = await planAgentInit(codex, box.request({ login: 'keep' }, {}, project))
    expect(warnings).toEqual([
      expect.stringContaining('profile = "x" is no longer understood'),
      expect.stringContaining('[profiles.*]'),
      expect.stringContaining('model_catalog_json'),
      expect.stringContaining('not logged in'),
      expect.stringMatching(/managed_config\.toml sets model_provider = "managed"; a managed/),
      expect.stringMatching(/corp\.config\.toml sets model_provider = "corp"; with that profile/),
      expect.stringMatching(/work\/\.codex\/config\.toml sets model = "gpt-4" for this project/),
    ])
  })
})

describe('run codex', () => {
  const state: AgentState = {
    installed: true,
    command: '/bin/codex',
    version: '0.169.0',
    home: '/h',
    configFile: '/h/c',
    login: 'none',
  }

  it('overrides the provider in the arguments and hands on those of the user', () => {
    const launch = codex.run({
      choices: box.request().choices,
      state,
      args: ['exec', 'hi'],
      runFolder: '/run',
    })
    expect(launch).toMatchObject({ command: '/bin/codex', env: {}, files: [] })
    expect(launch.args.slice(0, 2)).toEqual(['-c', 'model_provider="axonhub-responses"'])
    expect(launch.args.slice(-2)).toEqual(['exec', 'hi'])
    const override = launch.args[3]?.replace('model_providers.axonhub-responses=', 'block = ') ?? ''
    expect(JSON.parse(JSON.stringify(iarnaParse(override)))['block']).toMatchObject({
      ...ADDRESS,
      auth: { command: '/usr/bin/node' },
    })
  })

  it.each<Partial<InitChoices>>([{ login: 'keep' }, { auth: 'token' }, { auth: 'env' }, {}])(
    'shows no key in the arguments with %j',
    (choices) => {
      const launch = codex.run({ choices: box.request(choices).choices, state, args: [], runFolder: '/run' })
      expect(JSON.stringify(launch.args)).not.toContain(KEY)
      expect(launch.env['AXONHUB_API_KEY']).toBe(Object.keys(choices).length === 0 ? undefined : KEY)
    },
  )
})
