// The few things the hub must know of a body before it is routed, read by byte spans: a body is never parsed
// as a whole on the way to a relay.

import { HubError } from '../base/errors.js'
import { isObject, type JsonValue, parseJson } from '../base/json.js'
import { topLevelSpans } from '../protocol/json-spans.js'
import type { Named } from './endpoints.js'

export type Glance = {
  readonly model: string
  readonly stream: boolean
  /** A top-level field, parsed; undefined when it is absent. */
  field(name: string): JsonValue | undefined
  /** The bytes of a top-level field; undefined when it is absent. */
  bytes(name: string): Buffer | undefined
}

const ALWAYS: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'metadata',
  'tools',
  'tool_choice',
  'system',
  'instructions',
  'messages',
  'input',
  'output_config',
  'text',
  'thinking',
  'enable_thinking',
  'reasoning',
  'reasoning_effort',
  'web_search_options',
  'contents',
  'systemInstruction',
  'system_instruction',
  'generationConfig',
  'generation_config',
])

/**
 * `extra` names further top-level fields that may be asked for; `named`: model and streaming, where the path says them.
 * Throws HubError `invalid-request`.
 */
export function glanceAt(body: Buffer, extra: readonly string[] = [], named?: Named): Glance {
  if (body.length === 0) {
    throw new HubError('invalid-request', 'The request has no body.', { hint: 'Send a JSON object.' })
  }
  const members = topLevelSpans(body, extra.length === 0 ? ALWAYS : new Set([...ALWAYS, ...extra]))
  if (members === undefined) {
    throw new HubError('invalid-request', 'The body is not a JSON object.', {
      hint: 'Check the JSON that is sent.',
    })
  }
  // Of a key that stands twice the last counts, as in JSON.parse. They are too few for a table.
  const bytes = (name: string) => {
    const span = members.findLast(({ key }) => key === name)?.value
    return span === undefined ? undefined : body.subarray(span.start, span.end)
  }
  const field = (name: string) => {
    const value = bytes(name)
    return value === undefined ? undefined : parseJson(value.toString('utf8'))
  }
  if (named !== undefined) return { ...named, field, bytes }
  const model = field('model')
  if (typeof model !== 'string' || model === '') {
    throw new HubError('invalid-request', 'The field "model" must be the name of a model.', {
      param: 'model',
    })
  }
  const stream = field('stream')
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    throw new HubError('invalid-request', 'The field "stream" must be true or false.', { param: 'stream' })
  }
  return { model, stream: stream === true, field, bytes }
}

/** The value under a dotted path such as `metadata.session_id`, as text. */
export function textAt(glance: Glance, path: string): string | undefined {
  const [first = '', ...rest] = path.split('.')
  let value = glance.field(first)
  for (const key of rest) value = isObject(value) ? value[key] : undefined
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}
