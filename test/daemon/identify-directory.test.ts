// Where an agent works, as far as it tells: each client tells it in another place.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.js'
import { glanceAt } from '../../src/daemon/glance.js'
import { identify } from '../../src/daemon/identify.js'

const SETTINGS = {
  traceHeader: 'AH-Trace-Id',
  threadHeader: 'AH-Thread-Id',
  extraTraceHeaders: [],
  extraTraceBodyFields: [],
  claudeCode: true,
  codex: true,
}

const ENVIRONMENT =
  '# Environment\nYou work here: \n - Primary working directory: /home/dev/shop\n - Platform: linux'

function directoryOf(agent: string, body: JsonObject, headers: Record<string, string> = {}) {
  const glance = glanceAt(Buffer.from(JSON.stringify({ model: 'm', ...body })))
  return identify({ 'user-agent': agent, ...headers }, glance, SETTINGS, () => 'new').directory
}

function told(text: string) {
  return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] }
}

describe('the directory of Claude Code', () => {
  const agent = 'claude-cli/2.1.328 (external, cli)'

  it('is read from the system text', () => {
    const system = [{ type: 'text', text: `Be brief.\n\n${ENVIRONMENT}` }]
    expect(directoryOf(agent, { system })).toBe('/home/dev/shop')
    expect(directoryOf(agent, { system: 'Working directory: C:\\work' })).toBe('C:\\work')
  })

  it('is read from a message of the system, behind the first words of the user', () => {
    const messages = [
      { role: 'user', content: [{ type: 'text', text: 'The working directory: is it clean?' }] },
      { role: 'system', content: [{ type: 'text', text: ENVIRONMENT }] },
    ]
    expect(directoryOf(agent, { system: 'Be brief.', messages })).toBe('/home/dev/shop')
  })

  it('is not taken from what somebody says about one', () => {
    const messages = [{ role: 'user', content: 'Primary working directory: /etc\n' }]
    expect(directoryOf(agent, { messages })).toBeUndefined()
  })
})

describe('the directory of Codex', () => {
  const agent = 'codex_exec/0.169.0 (Debian 12; x86_64)'
  const input = [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'You are an agent.' }] },
    told(
      '<environment_context>\n  <cwd>/home/dev/notes</cwd>\n  <shell>bash</shell>\n</environment_context>',
    ),
  ]

  it('is that of the repository where the headers name one', () => {
    const metadata = JSON.stringify({ workspaces: { '/home/dev/shop': {} } })
    expect(directoryOf(agent, { input }, { 'x-codex-turn-metadata': metadata })).toBe('/home/dev/shop')
  })

  it('is read from the first message elsewhere', () => {
    expect(directoryOf(agent, { input })).toBe('/home/dev/notes')
    expect(directoryOf(agent, { input: [told('What is <cwd>/x</cwd>?')] })).toBeUndefined()
  })
})
