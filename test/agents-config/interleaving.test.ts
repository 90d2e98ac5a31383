// The agents rewrite their own files while we come and go: both ways of interleaving leave every side its own.
import { writeFileSync } from 'node:fs'
import { chmod, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claudeCode } from '../../src/agents/claude-code/agent.js'
import { codex } from '../../src/agents/codex/agent.js'
import { applyAgentInit, planAgentInit } from '../../src/agents/init.js'
import { undoAgent } from '../../src/agents/undo.js'
import type { WriteStep } from '../../src/edit/atomic-write.js'
import { clock, KEY, type Machine, machine } from './machine.js'

let box: Machine

beforeEach(async () => {
  box = await machine()
})

afterEach(() => box.remove())

const CONFIG = '# mine\nmodel = "gpt-5.5" # best\n\n[tui]\ntheme = "nord"\n'
const TRUST = '\n[projects."/work"]\ntrust_level = "trusted"\n'

describe('undo after the agent wrote its own file', () => {
  it('takes out our lines where Codex added tables, and gives back every other byte', async () => {
    await box.put(box.codexConfig, CONFIG)
    await applyAgentInit(codex, box.request(), clock)
    await box.put(box.codexConfig, `${await box.read(box.codexConfig)}${TRUST}`)
    expect((await undoAgent(codex, box.request())).conflicts).toEqual([])
    expect(await box.read(box.codexConfig)).toBe(CONFIG + TRUST)
  })

  it('does so too where a table was added between two runs of init', async () => {
    await box.put(box.codexConfig, CONFIG)
    await applyAgentInit(codex, box.request(), clock)
    await box.put(box.codexConfig, `${await box.read(box.codexConfig)}${TRUST}`)
    await applyAgentInit(codex, box.request({ hubUrl: 'http://127.0.0.1:9000' }), clock)
    await undoAgent(codex, box.request())
    expect(await box.read(box.codexConfig)).toBe(CONFIG + TRUST)
  })

  it('takes out our keys where Claude Code wrote the whole file in its own format', async () => {
    await box.put(box.claudeSettings, '{ "model": "opus", "env": { "LANG": "C" } }')
    await applyAgentInit(claudeCode, box.request(), clock)
    const settings = JSON.parse((await box.read(box.claudeSettings)) ?? '')
    await box.put(
      box.claudeSettings,
      JSON.stringify({ theme: 'dark', ...settings, model: 'sonnet' }, null, 2),
    )
    await undoAgent(claudeCode, box.request())
    expect(await box.read(box.claudeSettings)).toBe(
      JSON.stringify({ theme: 'dark', model: 'sonnet', env: { LANG: 'C' } }, null, 2),
    )
  })

  it('takes the env object that init made, but not the file that the client filled since', async () => {
    await applyAgentInit(claudeCode, box.request(), clock)
    const settings = JSON.parse((await box.read(box.claudeSettings)) ?? '')
    await box.put(box.claudeSettings, JSON.stringify({ ...settings, model: 'sonnet' }))
    await box.put(box.claudeState, '{"hasCompletedOnboarding":true,"numStartups":3}')
    await undoAgent(claudeCode, box.request())
    expect(await box.read(box.claudeSettings)).toBe('{"model":"sonnet"}')
    expect(await box.read(box.claudeState)).toBe('{"numStartups":3}')
  })

  it('takes only our line out of custom headers that others write to as well', async () => {
    await applyAgentInit(claudeCode, box.request({ login: 'keep' }), clock)
    await box.put(
      box.claudeSettings,
      JSON.stringify({ env: { ANTHROPIC_CUSTOM_HEADERS: `X-AxonHub-Key: ${KEY}\nX-Team: blue` } }),
    )
    const undone = await undoAgent(claudeCode, box.request())
    expect(undone.conflicts).toEqual([])
    expect(await box.read(box.claudeSettings)).toBe('{"env":{"ANTHROPIC_CUSTOM_HEADERS":"X-Team: blue"}}')
  })

  it('says so when the file is gone', async () => {
    await box.put(box.codexConfig, CONFIG)
    await applyAgentInit(codex, box.request(), clock)
    const { rm } = await import('node:fs/promises')
    await rm(box.codexConfig)
    expect((await undoAgent(codex, box.request())).notes).toEqual([`${box.codexConfig} no longer exists.`])
  })
})

describe('undo of a key that was changed since', () => {
  it('leaves it, shows both values, and takes back the others', async () => {
    await box.put(box.codexConfig, CONFIG)
    await applyAgentInit(codex, box.request(), clock)
    const text = (await box.read(box.codexConfig)) ?? ''
    await box.put(
      box.codexConfig,
      text.replace('model_provider = "axonhub-responses"', 'model_provider = "corp"'),
    )
    const undone = await undoAgent(codex, box.request())
    expect(undone.conflicts).toEqual([
      {
        file: box.codexConfig,
        key: 'model_provider',
        ours: 'axonhub-responses',
        now: 'corp',
        before: undefined,
      },
    ])
    expect(undone.restored.map((key) => key.key)).toEqual(['model_providers.axonhub-responses'])
    expect(await box.read(box.codexConfig)).toBe(CONFIG.replace('\n\n', '\nmodel_provider = "corp"\n\n'))
  })

  it('reports it again the next time, and sets it back when that is wanted', async () => {
    await applyAgentInit(claudeCode, box.request(), clock)
    const settings = JSON.parse((await box.read(box.claudeSettings)) ?? '')
    settings.env.ANTHROPIC_BASE_URL = 'http://other'
    await box.put(box.claudeSettings, JSON.stringify(settings))
    expect((await undoAgent(claudeCode, box.request())).conflicts).toHaveLength(1)
    expect((await undoAgent(claudeCode, box.request())).conflicts).toHaveLength(1)
    const forced = await undoAgent(claudeCode, { ...box.request(), force: true })
    expect(forced.conflicts).toEqual([])
    expect(await box.read(box.claudeSettings)).toBeNull()
  })

  it('keeps the whole provider block when something in it was changed', async () => {
    await box.put(box.codexConfig, CONFIG)
    await applyAgentInit(codex, box.request(), clock)
    await box.put(box.codexConfig, `${await box.read(box.codexConfig)}query_params = { a = "b" }\n`)
    const undone = await undoAgent(codex, box.request())
    expect(undone.conflicts.map((conflict) => conflict.key)).toEqual(['model_providers.axonhub-responses'])
    expect(await box.read(box.codexConfig)).toContain('query_params = { a = "b" }')
  })
})

describe('init that is disturbed', () => {
  it('plans anew when the agent writes its file at the same moment', async () => {
    await box.put(box.codexConfig, CONFIG)
    let disturbed = false
    const onStep = (step: WriteStep) => {
      if (step !== 'temp-synced' || disturbed) return
      disturbed = true
      writeFileSync(box.codexConfig, CONFIG + TRUST)
    }
    await applyAgentInit(codex, box.request(), clock, { onStep })
    const text = (await box.read(box.codexConfig)) ?? ''
    expect(text).toContain('trust_level = "trusted"')
    expect(text).toContain('model_provider = "axonhub-responses"')
    await undoAgent(codex, box.request())
    expect(await box.read(box.codexConfig)).toBe(CONFIG + TRUST)
  })

  it.each<WriteStep>(['temp-created', 'temp-written', 'temp-synced', 'compared', 'renamed', 'done'])(
    'comes to the same end when it failed at %s and is run again, and undo gives back the bytes',
    async (fatal) => {
      await box.put(box.codexConfig, CONFIG)
      const onStep = (step: WriteStep) => {
        if (step === fatal) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
      }
      await expect(applyAgentInit(codex, box.request(), clock, { onStep })).rejects.toThrow('no space')
      await applyAgentInit(codex, box.request(), clock)
      expect((await planAgentInit(codex, box.request())).files).toEqual([])
      await undoAgent(codex, box.request())
      expect(await box.read(box.codexConfig)).toBe(CONFIG)
    },
  )

  it('can be undone when it never came to write', async () => {
    await box.put(box.codexConfig, CONFIG)
    const onStep = () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    }
    await expect(applyAgentInit(codex, box.request(), clock, { onStep })).rejects.toThrow('no space')
    expect(await undoAgent(codex, box.request())).toMatchObject({ restored: [], conflicts: [] })
    expect(await box.read(box.codexConfig)).toBe(CONFIG)
  })

  it('never takes our own value for what stood there before, not even without a ledger', async () => {
    await box.put(box.codexConfig, CONFIG)
    await applyAgentInit(codex, box.request(), clock)
    const { rm } = await import('node:fs/promises')
    await rm(box.ledgerFile)
    await applyAgentInit(codex, box.request(), clock)
    expect(await box.read(box.ledgerFile)).toBeNull()
  })

  it('writes nothing into a file that cannot be read, and names the place', async () => {
    await box.put(box.codexConfig, 'model = \n')
    await expect(applyAgentInit(codex, box.request(), clock)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining(`${box.codexConfig}:1:8: `),
    })
    expect(await box.read(box.codexConfig)).toBe('model = \n')
    expect(await box.read(box.ledgerFile)).toBeNull()
  })

  it('refuses a read-only file with a hint, and leaves it alone', async () => {
    await box.put(box.codexConfig, CONFIG)
    await chmod(box.codexConfig, 0o444)
    await expect(applyAgentInit(codex, box.request(), clock)).rejects.toMatchObject({ code: 'refused' })
    expect(await box.read(box.codexConfig)).toBe(CONFIG)
  })

  it('works on a dotfile that is a link, and leaves the link', async () => {
    const real = join(box.home, 'dotfiles', 'claude.json')
    await box.put(real, '{}\n')
    await box.put(box.claudeSettings.replace('settings.json', 'x'), '')
    await symlink(real, box.claudeSettings)
    await applyAgentInit(claudeCode, box.request(), clock)
    expect(await box.read(real)).toContain('ANTHROPIC_BASE_URL')
    await undoAgent(claudeCode, box.request())
    expect(await box.read(real)).toBe('{}\n')
  })

  it('says what to do about a ledger that cannot be read', async () => {
    await box.put(box.ledgerFile, '{"version":1')
    await expect(planAgentInit(codex, box.request())).rejects.toMatchObject({
      code: 'config-invalid',
      message: `${box.ledgerFile} cannot be read.`,
    })
  })
})
