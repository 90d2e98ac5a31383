// What init makes of OpenCode's configuration, and what run gives it.
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyAgentInit, planAgentInit } from '../../src/agents/init.js'
import { opencode } from '../../src/agents/opencode/agent.js'
import { undoAgent } from '../../src/agents/undo.js'
import { parseJson } from '../../src/base/json.js'
import { clock, KEY, type Machine, machine } from './machine.js'

const MODELS = { models: ['kimi-k3', 'deepseek-chat'] }
const MINE = '{\n  // mine\n  "theme": "dark",\n  "provider": { "own": { "name": "own" } },\n}\n'

let box: Machine
let file: string
beforeEach(async () => {
  box = await machine()
  file = join(box.home, '.config', 'opencode', 'opencode.json')
})
afterEach(() => box.remove())

describe('init opencode', () => {
  it('makes a provider with the models that are answered, and the first as the usual one', async () => {
    await applyAgentInit(opencode, box.request(MODELS), clock)
    expect(parseJson((await box.read(file)) ?? '')).toEqual({
      provider: {
        axonhub: {
          name: 'axonhub',
          npm: '@ai-sdk/openai-compatible',
          options: { baseURL: 'http://127.0.0.1:8090/v1', apiKey: KEY },
          models: { 'kimi-k3': { name: 'kimi-k3' }, 'deepseek-chat': { name: 'deepseek-chat' } },
        },
      },
      model: 'axonhub/kimi-k3',
    })
    await undoAgent(opencode, box.request())
    expect(await box.read(file)).toBeNull()
  })

  it('keeps comments, other providers and the model of the user, and undo gives back the bytes', async () => {
    const commented = file.replace(/json$/, 'jsonc')
    const before = MINE.replace('"theme"', '"model": "own/best",\n  "theme"')
    await box.put(commented, before)
    await applyAgentInit(opencode, box.request(MODELS), clock)
    const text = (await box.read(commented)) ?? ''
    expect(text).toContain('// mine')
    expect(text).toContain('"model": "own/best"')
    expect(text).toContain('"deepseek-chat"')
    expect(await box.read(file)).toBeNull()
    expect((await planAgentInit(opencode, box.request(MODELS))).files).toEqual([])
    await undoAgent(opencode, box.request())
    expect(await box.read(commented)).toBe(before)
  })

  it('takes the model that is asked for, and keeps models that the user added to the provider', async () => {
    await box.put(
      file,
      '{"provider":{"axonhub":{"models":{"mine":{"name":"Mine","limit":{"context":9}}}}}}\n',
    )
    await applyAgentInit(opencode, box.request({ ...MODELS, model: 'kimi-k3' }), clock)
    expect(parseJson((await box.read(file)) ?? '')).toMatchObject({
      model: 'axonhub/kimi-k3',
      provider: { axonhub: { models: { mine: { name: 'Mine', limit: { context: 9 } }, 'kimi-k3': {} } } },
    })
  })

  it('names what would lead past the hub', async () => {
    await box.put(join(box.home, 'project', 'opencode.json'), '{"model":"own/x"}')
    const request = box.request(MODELS, { OPENCODE_CONFIG: '/x.json' }, join(box.home, 'project'))
    const { warnings } = await planAgentInit(opencode, request)
    expect(warnings).toEqual([
      expect.stringContaining('OPENCODE_CONFIG is set'),
      expect.stringContaining(join('project', 'opencode.json')),
    ])
  })

  it('has no login to keep, and says so', async () => {
    await expect(planAgentInit(opencode, box.request({ login: 'keep' }))).rejects.toMatchObject({
      code: 'usage',
    })
  })
})

describe('run opencode', () => {
  it('gives it the provider by its environment, and no secret in an argument', async () => {
    const { choices, context } = box.request(MODELS)
    const state = await opencode.detect(context)
    const launch = opencode.run({ choices, state, args: ['run', 'hello'], runFolder: box.home })
    expect([launch.command, launch.args, launch.files]).toEqual(['opencode', ['run', 'hello'], []])
    const content = parseJson(launch.env['OPENCODE_CONFIG_CONTENT'] ?? '')
    expect(content).toMatchObject({
      model: 'axonhub/kimi-k3',
      provider: { axonhub: { options: { apiKey: KEY } } },
    })
  })
})
