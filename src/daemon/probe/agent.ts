// The agents in whose place a channel is asked: their protocol, their tools, and how they ask for thinking. From the
// clients' own requests (codex 0.169, claude-code 2.1), made small.

import type { JsonObject } from '../../base/json.js'
import type { Dialect } from '../../protocol/dialect.js'
import type { ProtocolId } from '../../protocol/ids.js'
import type { FunctionTool, IrReasoning } from '../../protocol/ir/request.js'

export type ProbeAgent = {
  readonly name: 'codex' | 'claude' | 'other'
  /** What the codecs call it. */
  readonly known: 'codex' | 'claude-code' | undefined
  readonly protocol: ProtocolId
  /** How it writes its own protocol. */
  readonly dialect: Dialect
  /** Runs a command: `{ [key]: text }`. */
  readonly shell: Tool
  /** Gives back a file, a picture among others: `{ [key]: path }`. */
  readonly viewer: Tool
  readonly reasoning: IrReasoning
  /** The role of its own prompt. */
  readonly instructions: 'system' | 'developer'
}

type Tool = { readonly tool: FunctionTool; readonly key: string }

function tool(name: string, key: string, description: string, about: string): Tool {
  const schema: JsonObject = {
    type: 'object',
    properties: { [key]: { type: 'string', description: about } },
    required: [key],
    additionalProperties: false,
  }
  return { key, tool: { type: 'function', name, description, schema } }
}

const RUN = 'Runs a shell command in the workspace and returns what it printed.'
const LOOK = 'Reads a file of the workspace. Pictures are returned as pictures.'

const CODEX: ProbeAgent = {
  name: 'codex',
  known: 'codex',
  protocol: 'openai-responses',
  dialect: { customTools: true },
  shell: tool('exec_command', 'cmd', RUN, 'The command to run.'),
  viewer: tool('view_image', 'path', LOOK, 'The path of the file.'),
  reasoning: { mode: 'on', effort: 'medium', summary: 'auto' },
  instructions: 'developer',
}

const CLAUDE: ProbeAgent = {
  name: 'claude',
  known: 'claude-code',
  protocol: 'anthropic-messages',
  dialect: {},
  shell: tool('Bash', 'command', RUN, 'The command to run.'),
  viewer: tool('Read', 'file_path', LOOK, 'The path of the file.'),
  reasoning: { mode: 'adaptive', effort: 'medium' },
  instructions: 'system',
}

export const AGENTS = { codex: CODEX, claude: CLAUDE } as const

/** A client that speaks the endpoint's own protocol, for endpoints that no agent's requests would go to. */
export function plainClient(protocol: ProtocolId): ProbeAgent {
  const like = protocol === 'anthropic-messages' ? CLAUDE : CODEX
  return { ...like, name: 'other', known: undefined, protocol, dialect: {}, instructions: 'system' }
}
