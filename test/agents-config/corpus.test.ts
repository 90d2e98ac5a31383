// Over real-world files: init changes only its keys, twice is once, and undo gives back the identical bytes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Agent } from '../../src/agents/agent.js'
import { claudeCode } from '../../src/agents/claude-code/agent.js'
import { codex } from '../../src/agents/codex/agent.js'
import { applyAgentInit, planAgentInit } from '../../src/agents/init.js'
import { undoAgent } from '../../src/agents/undo.js'
import { jsonEditor } from '../../src/edit/json-editor.js'
import { tomlEditor } from '../../src/edit/toml-editor.js'
import { corpus } from '../edit/corpus.js'
import { clock, type Machine, machine } from './machine.js'

let box: Machine

beforeEach(async () => {
  box = await machine()
})

afterEach(() => box.remove())

/** The leaves of a text that lie outside the keys of init. */
function foreign(editor: typeof tomlEditor, text: string, ours: RegExp): string[] {
  const start = text.replace(/^\uFEFF/, '').trim() === '' ? editor.emptyText : text
  const leaves = [...editor.parse(start, 'file').leaves()]
  return leaves.filter(([path]) => !ours.test(path)).map(([path, leaf]) => `${path} ${leaf}`)
}

const CODEX_KEYS = /^\["model(_provider)?"|^\["model_providers","axonhub-responses"|^\["model_providers"\]$/
const CLAUDE_KEYS = /^\[\]$|^\["env"(\]$|,"(ANTHROPIC|CLAUDE_CODE)_)/

const SUBJECTS: readonly {
  agent: Agent
  path: (box: Machine) => string
  format: 'toml' | 'json'
  ours: RegExp
}[] = [
  { agent: codex, path: (each) => each.codexConfig, format: 'toml', ours: CODEX_KEYS },
  { agent: claudeCode, path: (each) => each.claudeSettings, format: 'json', ours: CLAUDE_KEYS },
]

describe.each(SUBJECTS)('init and undo of $agent.title', ({ agent, path, format, ours }) => {
  const editor = format === 'toml' ? tomlEditor : jsonEditor

  const samples = corpus(format).map((sample, index) => ({
    ...sample,
    login: index % 2 === 0 ? ('key' as const) : ('keep' as const),
  }))

  it.each(samples)('$name, login $login', async ({ text, login }) => {
    const file = path(box)
    await box.put(file, text)
    const request = box.request({ login, defaultModel: 'gpt-5.5' })
    await applyAgentInit(agent, request, clock)
    const after = (await box.read(file)) ?? ''
    expect(foreign(editor, after, ours)).toEqual(foreign(editor, text, ours))
    expect(after.startsWith('\uFEFF')).toBe(text.startsWith('\uFEFF') && text.length > 1)

    expect((await planAgentInit(agent, request)).files).toEqual([])
    const ledger = await box.read(box.ledgerFile)
    await applyAgentInit(agent, request, clock)
    expect(await box.read(box.ledgerFile)).toBe(ledger)

    const other = box.request({ login, hubUrl: 'http://127.0.0.1:9911' })
    await applyAgentInit(agent, other, clock)
    expect(await box.read(file)).toContain('9911')

    expect((await undoAgent(agent, request)).conflicts).toEqual([])
    expect(await box.read(file)).toBe(text)
    expect((await undoAgent(agent, request)).restored).toEqual([])
    expect(await box.read(file)).toBe(text)
  })

  it('makes the file where there is none, and takes it away with its folder', async () => {
    const request = box.request({ login: 'key' })
    await applyAgentInit(agent, request, clock)
    expect(await box.read(path(box))).toContain('http://127.0.0.1:8090')
    const undone = await undoAgent(agent, request)
    expect(undone.conflicts).toEqual([])
    expect(await box.read(path(box))).toBeNull()
    expect(JSON.parse((await box.read(box.ledgerFile)) ?? '')).toEqual({ version: 1, agents: {} })
  })

  it('changes the way of login and still undoes to the identical bytes', async () => {
    const text = format === 'toml' ? 'model = "x"  # mine\n' : '{ "model": "opus" }\n'
    await box.put(path(box), text)
    await applyAgentInit(agent, box.request({ login: 'keep' }), clock)
    await applyAgentInit(agent, box.request({ login: 'key' }), clock)
    const after = (await box.read(path(box))) ?? ''
    expect(after).not.toContain('X-AxonHub-Key')
    await undoAgent(agent, box.request())
    expect(await box.read(path(box))).toBe(text)
  })
})
