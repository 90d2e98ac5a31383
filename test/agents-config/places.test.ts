// Where a file lies and whose it is: moved homes, another port, a second undo, a lost ledger, another owner.
import { chownSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claudeCode } from '../../src/agents/claude-code/agent.js'
import { codex } from '../../src/agents/codex/agent.js'
import { applyAgentInit, planAgentInit } from '../../src/agents/init.js'
import { undoAgent } from '../../src/agents/undo.js'
import { filesOf, loadLedger } from '../../src/edit/ledger.js'
import { clock, KEY, type Machine, machine } from './machine.js'

const CODEX = '# mine\nmodel = "gpt-5"\n'
const CLAUDE = '{\n  "theme": "dark"\n}\n'
const OTHER_PORT = { hubUrl: 'http://127.0.0.1:9999' }

let box: Machine
beforeEach(async () => {
  box = await machine()
  await box.put(box.codexConfig, CODEX)
  await box.put(box.claudeSettings, CLAUDE)
})
afterEach(() => box.remove())

const both = [
  { agent: codex, file: () => box.codexConfig, first: CODEX },
  { agent: claudeCode, file: () => box.claudeSettings, first: CLAUDE },
]

describe.each(both)('$agent.title', ({ agent, file, first }) => {
  it('is led to another port by a second init, and undo gives back what stood before the first', async () => {
    await applyAgentInit(agent, box.request(), clock)
    await applyAgentInit(agent, box.request(OTHER_PORT), clock)
    expect(await box.read(file())).toContain('127.0.0.1:9999')
    expect(await box.read(file())).not.toContain('127.0.0.1:8090')
    await undoAgent(agent, box.request())
    expect(await box.read(file())).toBe(first)
  })

  it('is not touched by a second undo', async () => {
    await applyAgentInit(agent, box.request(), clock)
    await undoAgent(agent, box.request())
    await box.put(file(), `${first}\n`)
    expect(await undoAgent(agent, box.request())).toMatchObject({ restored: [], conflicts: [] })
    expect(await box.read(file())).toBe(`${first}\n`)
  })

  it('has our values on no record as its own, also when the ledger was lost and the port is another', async () => {
    await applyAgentInit(agent, box.request(), clock)
    rmSync(box.ledgerFile)
    await applyAgentInit(agent, box.request(OTHER_PORT), clock)
    await undoAgent(agent, box.request())
    const text = (await box.read(file())) ?? ''
    expect(text).not.toMatch(/"ANTHROPIC_BASE_URL"|"ANTHROPIC_AUTH_TOKEN"|model_provider =/)
    expect(text).not.toContain(KEY)
  })

  it('is found again after the whole home was moved, by init and by undo', async () => {
    await applyAgentInit(agent, box.request(), clock)
    const moved = `${box.home}-2`
    renameSync(box.home, moved)
    const there = (choices = {}) => {
      const request = box.request(choices, {}, moved)
      return { ...request, context: { ...request.context, home: moved } }
    }
    expect((await planAgentInit(agent, there())).files).toEqual([])
    await applyAgentInit(agent, there(OTHER_PORT), clock)
    const path = file().replace(box.home, moved)
    expect(await box.read(path)).toContain(':9999')
    expect(filesOf(await loadLedger(box.ledgerFile), agent.id).map((record) => record.path)).toContain(path)
    await undoAgent(agent, there())
    expect(await box.read(path)).toBe(first)
    expect(filesOf(await loadLedger(box.ledgerFile), agent.id)).toEqual([])
    renameSync(moved, box.home)
  })

  it('is undone at its new place when only the home was moved', async () => {
    await applyAgentInit(agent, box.request(), clock)
    const moved = `${box.home}-2`
    renameSync(box.home, moved)
    const request = box.request({}, {}, moved)
    const result = await undoAgent(agent, { ...request, context: { ...request.context, home: moved } })
    expect(result.conflicts).toEqual([])
    expect(await box.read(file().replace(box.home, moved))).toBe(first)
    renameSync(moved, box.home)
  })
})

describe('a file of the same name at another place', () => {
  it('that holds nothing of ours is left alone', async () => {
    await applyAgentInit(codex, box.request(), clock)
    rmSync(join(box.home, '.codex'), { recursive: true })
    const other = join(box.home, 'other')
    mkdirSync(other)
    await box.put(join(other, 'config.toml'), CODEX)
    const result = await undoAgent(codex, box.request({}, { CODEX_HOME: other }))
    expect(result).toMatchObject({ restored: [], notes: [expect.stringContaining('no longer exists')] })
    expect(await box.read(join(other, 'config.toml'))).toBe(CODEX)
  })
})

describe('a file that belongs to another user', () => {
  it.skipIf(process.getuid?.() !== 0)(
    'keeps its owner through init and undo (skipped where there is one user only)',
    async () => {
      chownSync(box.codexConfig, 64_123, 64_123)
      await applyAgentInit(codex, box.request(), clock)
      expect(statSync(box.codexConfig).uid).toBe(64_123)
      await undoAgent(codex, box.request())
      expect([statSync(box.codexConfig).uid, await box.read(box.codexConfig)]).toEqual([64_123, CODEX])
    },
  )
})
