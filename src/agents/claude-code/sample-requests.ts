// What Claude Code asks in an ordinary session, made small (2.1.328, measured): every field and kind of part that it
// uses, so that what another protocol has no place for can be listed before a session. The words are ours.
import type { JsonObject, JsonValue } from '../../base/json.js'

const CACHED = { type: 'ephemeral' }
/** A transparent point: what matters is that an image is there. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

/** A turn that follows a tool loop, and the search that WebSearch starts. */
export function sampleRequests(model: string): JsonObject[] {
  return [turn(model), search(model)]
}

function words(text: string, cached = false): JsonObject {
  return { type: 'text', text, ...(cached ? { cache_control: CACHED } : {}) }
}

function turn(model: string): JsonObject {
  return {
    model,
    max_tokens: 64_000,
    stream: true,
    system: [
      words('x-anthropic-billing-header: cc_version=2.1.328.abc; cc_entrypoint=cli;'),
      words('You work on code.', true),
      words('Be brief.', true),
    ],
    thinking: { type: 'adaptive', display: 'omitted' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    output_config: { effort: 'medium' },
    metadata: { user_id: '{"session_id":"00000000-0000-0000-0000-000000000000"}' },
    tools: TOOLS,
    messages: [
      {
        role: 'user',
        content: [words('<system-reminder>Today is Monday.</system-reminder>'), words('Go on.')],
      },
      { role: 'system', content: [words('Agents: Explore.', true)], output_config: { effort: 'medium' } },
      {
        role: 'assistant',
        content: [
          words('I look.'),
          { type: 'tool_use', id: 'toolu_1', name: 'Read', input: { file_path: 'a.png' } },
          { type: 'tool_use', id: 'toolu_2', name: 'ToolSearch', input: { query: 'cron' } },
        ],
      },
      { role: 'user', content: RESULTS },
      { role: 'assistant', content: [words('Done.')] },
      { role: 'user', content: [words('And the next one.', true)] },
    ],
  }
}

const RESULTS: JsonValue[] = [
  {
    type: 'tool_result',
    tool_use_id: 'toolu_2',
    content: [{ type: 'tool_reference', tool_name: 'CronList' }, words('Tool loaded.')],
  },
  {
    type: 'tool_result',
    tool_use_id: 'toolu_1',
    content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } }],
    cache_control: CACHED,
  },
]

function tool(name: string, property: string, extra: JsonObject = {}): JsonObject {
  return {
    name,
    description: `${name} does its work.`,
    input_schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { [property]: { type: 'string' } },
      required: [property],
      additionalProperties: false,
    },
    ...extra,
  }
}

const TOOLS: JsonValue[] = [
  tool('Read', 'file_path'),
  tool('ToolSearch', 'query'),
  tool('CronList', 'filter', { defer_loading: true }),
  {
    name: 'DeferredToolPlaceholder',
    description: 'Stands for tools that come later.',
    input_schema: { type: 'object', properties: {} },
    defer_loading: true,
  },
]

function search(model: string): JsonObject {
  return {
    model,
    max_tokens: 64_000,
    stream: true,
    system: [words('You search the web.')],
    tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 8 }],
    tool_choice: { type: 'auto' },
    messages: [{ role: 'user', content: [words('Search for the weather.')] }],
  }
}
