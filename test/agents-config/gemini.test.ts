// What init makes of Gemini CLI's configuration, where it warns that this does not count, and what run gives it.
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gemini } from '../../src/agents/gemini/agent.js'
import { applyAgentInit, planAgentInit } from '../../src/agents/init.js'
import { undoAgent } from '../../src/agents/undo.js'
import { parseJson } from '../../src/base/json.js'
import { clock, KEY, type Machine, machine } from './machine.js'

let box: Machine
let settings: string
let variables: string
beforeEach(async () => {
  box = await machine()
  settings = join(box.home, '.gemini', 'settings.json')
  variables = join(box.home, '.gemini', '.env')
})
afterEach(() => box.remove())

const MINE = '{\n  // mine\n  "security": { "auth": { "selectedType": "oauth-personal" } },\n  "ui": {}\n}\n'

describe('init gemini', () => {
  it('sets the kind of login, the address and the key, and undo takes all of it back', async () => {
    await applyAgentInit(gemini, box.request({ model: 'kimi-k3' }), clock)
    expect(parseJson((await box.read(settings)) ?? '')).toEqual({
      security: { auth: { selectedType: 'gemini-api-key' } },
      model: { name: 'kimi-k3' },
    })
    expect(await box.read(variables)).toBe(
      `GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:8090/gemini\nGEMINI_API_KEY=${KEY}\n`,
    )
    expect((await planAgentInit(gemini, box.request({ model: 'kimi-k3' }))).files).toEqual([])
    await undoAgent(gemini, box.request())
    expect([await box.read(settings), await box.read(variables)]).toEqual([null, null])
  })

  it('keeps comments and variables of the user, and undo gives back the bytes, another login too', async () => {
    await box.put(settings, MINE)
    await box.put(variables, '# mine\nGEMINI_API_KEY="AIza-own"\nOTHER=1')
    const { warnings } = await planAgentInit(gemini, box.request())
    expect(warnings).toContainEqual(expect.stringContaining('its login (oauth-personal) is replaced'))
    await applyAgentInit(gemini, box.request(), clock)
    expect(await box.read(settings)).toBe(MINE.replace('oauth-personal', 'gemini-api-key'))
    expect(await box.read(variables)).toContain(`# mine\nGEMINI_API_KEY=${KEY}\nOTHER=1\n`)
    await undoAgent(gemini, box.request())
    expect(await box.read(settings)).toBe(MINE)
    expect(await box.read(variables)).toMatch(/^# mine\nGEMINI_API_KEY="AIza-own"\nOTHER=1\n?$/)
  })

  it('gives back the address of a gateway that only looks like the hub', async () => {
    const own = 'GOOGLE_GEMINI_BASE_URL=https://gateway.example/gemini\n'
    await box.put(variables, own)
    await applyAgentInit(gemini, box.request(), clock)
    await undoAgent(gemini, box.request())
    expect(await box.read(variables)).toBe(own)
  })

  it('names the file that is read in its place, and the variables that win', async () => {
    await box.put(join(box.home, 'project', '.env'), 'DEBUG=1\n')
    const request = box.request()
    const context = {
      ...request.context,
      cwd: join(box.home, 'project', 'deep'),
      env: { ...request.context.env, GEMINI_API_KEY: 'AIza-own' },
    }
    const { warnings } = await planAgentInit(gemini, { ...request, context })
    expect(warnings).toEqual([
      expect.stringContaining('GEMINI_API_KEY is set in this shell'),
      expect.stringMatching(/project.\.env is read here .* use "axonhub run gemini" in this folder/),
    ])
  })

  it('has no login to keep', async () => {
    await expect(planAgentInit(gemini, box.request({ login: 'keep' }))).rejects.toMatchObject({
      code: 'usage',
    })
  })
})

describe('run gemini', () => {
  it('gives it address and key by its environment, where it is set to use a key', async () => {
    const { choices, context } = box.request({ model: 'kimi-k3' })
    const input = { choices, args: ['-p', 'hello'], runFolder: box.home }
    const before = await gemini.detect(context)
    expect(() => gemini.run({ ...input, state: before })).toThrow('not set to use an API key')
    await applyAgentInit(gemini, box.request(), clock)
    const launch = gemini.run({ ...input, state: await gemini.detect(context) })
    expect([launch.command, launch.args, launch.files]).toEqual([
      'gemini',
      ['--model', 'kimi-k3', '-p', 'hello'],
      [],
    ])
    expect(launch.env).toMatchObject({
      GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:8090/gemini',
      GEMINI_API_KEY: KEY,
    })
  })
})
