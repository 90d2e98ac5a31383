// What the Codex CLI asks in an ordinary session, made small (0.169.0, measured): every field, item and kind of tool that
// it uses with the model list of the hub, so that what another protocol has no place for can be listed before a session.
// The words are ours.
import type { JsonObject, JsonValue } from '../../base/json.js'

const THREAD = '00000000-0000-0000-0000-000000000000'

/** A turn that follows a tool loop. */
export function sampleRequests(model: string): JsonObject[] {
  return [
    {
      model,
      stream: true,
      input: INPUT,
      tools: TOOLS,
      tool_choice: 'auto',
      parallel_tool_calls: true,
      reasoning: { effort: 'medium', summary: 'auto' },
      store: false,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: THREAD,
      text: { verbosity: 'low' },
      client_metadata: { thread_id: THREAD },
    },
  ]
}

function message(role: string, text: string): JsonObject {
  const type = role === 'assistant' ? 'output_text' : 'input_text'
  return { type: 'message', id: `msg_${role}`, role, content: [{ type, text }] }
}

const INPUT: JsonValue[] = [
  message('developer', 'You work on code.'),
  message('user', '<environment_context><cwd>/work</cwd></environment_context>'),
  message('user', 'Go on.'),
  { ...message('assistant', 'I look.'), phase: 'commentary' },
  {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'call_1',
    name: 'exec_command',
    arguments: '{"cmd":"ls"}',
    status: 'completed',
  },
  { type: 'custom_tool_call', id: 'ctc_2', call_id: 'call_2', name: 'apply_patch', input: '*** Begin Patch' },
  { type: 'function_call_output', id: 'fco_1', call_id: 'call_1', output: 'a.txt' },
  { type: 'custom_tool_call_output', id: 'ctco_2', call_id: 'call_2', output: 'Exit code: 0' },
  message('assistant', 'Done.'),
  message('user', 'And the next one.'),
]

function tool(name: string, property: string): JsonObject {
  return {
    type: 'function',
    name,
    description: `${name} does its work.`,
    strict: false,
    parameters: {
      type: 'object',
      properties: { [property]: { type: 'string' } },
      required: [property],
      additionalProperties: false,
    },
  }
}

const TOOLS: JsonValue[] = [
  tool('exec_command', 'cmd'),
  tool('view_image', 'path'),
  {
    type: 'custom',
    name: 'apply_patch',
    description: 'Edits files.',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: "*** Begin Patch"' },
  },
  {
    type: 'namespace',
    name: 'multi_agent_v1',
    description: 'Other agents.',
    tools: [tool('spawn_agent', 'message')],
  },
  { type: 'web_search', external_web_access: false, search_content_types: ['text', 'image'] },
]
