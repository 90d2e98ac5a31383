// The status line that init can write for Claude Code: only where there is none, kept up to date, and taken back by undo.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claudeCode } from '../../src/agents/claude-code/agent.js'
import { statusLineOwner } from '../../src/agents/claude-code/status-line.js'
import { applyAgentInit, planAgentInit } from '../../src/agents/init.js'
import { undoAgent } from '../../src/agents/undo.js'
import { clock, type Machine, machine } from './machine.js'

const COMMAND = '/usr/bin/node /opt/axonhub/bin/axonhub.js statusline'
const OWN = '{"type":"command","command":"ccstatusline","padding":0}'
let box: Machine

beforeEach(async () => {
  box = await machine()
})
afterEach(() => box.remove())

async function lineAfter(statusline?: string | false): Promise<unknown> {
  await applyAgentInit(claudeCode, box.request(statusline === undefined ? {} : { statusline }), clock)
  const settings: unknown = JSON.parse((await box.read(box.claudeSettings)) ?? '{}')
  return typeof settings === 'object' && settings !== null && 'statusLine' in settings
    ? settings.statusLine
    : undefined
}

describe('the status line of Claude Code', () => {
  it('is written where it is wanted and there is none', async () => {
    expect(await lineAfter()).toBeUndefined()
    expect(await lineAfter(COMMAND)).toEqual({ type: 'command', command: COMMAND })
    expect(await statusLineOwner(box.request().context)).toBe('hub')
  })

  it('stays over an init that says nothing of it, and follows a program that moved', async () => {
    await lineAfter(COMMAND)
    expect(await lineAfter()).toEqual({ type: 'command', command: COMMAND })
    const moved = COMMAND.replace('/opt', '/usr/local')
    expect(await lineAfter(moved)).toEqual({ type: 'command', command: moved })
    expect(await lineAfter(false)).toBeUndefined()
  })

  it('keeps what the user set beside the command', async () => {
    await lineAfter(COMMAND)
    const text = (await box.read(box.claudeSettings)) ?? ''
    await box.put(box.claudeSettings, text.replace('"type": "command",', '"padding": 0, "type": "command",'))
    expect(await lineAfter(COMMAND)).toEqual({ type: 'command', command: COMMAND, padding: 0 })
  })

  it('of the user is kept, and the plan says so', async () => {
    await box.put(box.claudeSettings, `{"statusLine": ${OWN}}\n`)
    const plan = await planAgentInit(claudeCode, box.request({ statusline: COMMAND }))
    expect(plan.warnings).toEqual([expect.stringContaining('a status line of its own, which stays')])
    expect(await lineAfter(COMMAND)).toEqual(JSON.parse(OWN))
    expect(await statusLineOwner(box.request().context)).toBe('user')
  })

  it('is taken back by undo, byte for byte', async () => {
    const before = '{\n    "theme": "dark" ,\n  "env": {}\n}\n'
    await box.put(box.claudeSettings, before)
    expect(await lineAfter(COMMAND)).toBeDefined()
    await undoAgent(claudeCode, { ledgerFile: box.request().ledgerFile })
    expect(await box.read(box.claudeSettings)).toBe(before)
  })

  it('that the user changed since is left to them by undo', async () => {
    await lineAfter(COMMAND)
    const text = (await box.read(box.claudeSettings)) ?? ''
    await box.put(box.claudeSettings, text.replace(COMMAND, 'mine'))
    await undoAgent(claudeCode, { ledgerFile: box.request().ledgerFile })
    expect(await box.read(box.claudeSettings)).toContain('mine')
  })
})
