// A vendor's dialect as it stands in a preset: the fields of src/protocol/dialect.ts in snake_case. A test holds the
// two together; the rooms may not import each other.

import { z } from 'zod'
import { anyText, kind, oneOf, wholeNumber, yesOrNo } from './kinds.js'

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const
const REASONING = ['effort', 'thinking', 'enable-thinking', 'reasoning', 'chat-template', 'none'] as const

const words = z.array(anyText)
const anyNumber = kind('a number', (value) =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined,
)
const scalar = kind('text, a number, true or false', (value) =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined,
)

const FIELDS = {
  max_tokens_field: oneOf(['max_tokens', 'max_completion_tokens']).exactOptional(),
  developer_role: yesOrNo.exactOptional(),
  custom_tools: yesOrNo.exactOptional(),
  json_schema_tools: yesOrNo.exactOptional(),
  strict_tools: yesOrNo.exactOptional(),
  stream_options: yesOrNo.exactOptional(),
  stream_only: yesOrNo.exactOptional(),
  replay_reasoning: oneOf(['always', 'tool-loop', 'never']).exactOptional(),
  reasoning_field: oneOf(['reasoning_content', 'reasoning']).exactOptional(),
  think_tags: yesOrNo.exactOptional(),
  cache_control: yesOrNo.exactOptional(),
  web_search_options: yesOrNo.exactOptional(),
  images: yesOrNo.exactOptional(),
  server_tools: yesOrNo.exactOptional(),
  call_id_length: wholeNumber(1, 40).exactOptional(),
  thought_signatures: yesOrNo.exactOptional(),
  reasoning: oneOf(REASONING).exactOptional(),
  efforts: z.array(oneOf(EFFORTS)).min(1).exactOptional(),
  system_messages: yesOrNo.exactOptional(),
  strict_turns: yesOrNo.exactOptional(),
  tool_message_names: yesOrNo.exactOptional(),
  thinking: oneOf(['adaptive', 'budget', 'none']).exactOptional(),
  tool_choice: oneOf(['any', 'auto', 'auto-when-thinking']).exactOptional(),
  json_schema: yesOrNo.exactOptional(),
  schema_limits: z
    .strictObject({
      drop: words.exactOptional(),
      enums: yesOrNo.exactOptional(),
      depth: wholeNumber(1, 100).exactOptional(),
    })
    .exactOptional(),
  max_output_tokens: wholeNumber(1, 10_000_000).exactOptional(),
  forbid: words.exactOptional(),
  clamp: z
    .record(anyText, z.strictObject({ min: anyNumber.exactOptional(), max: anyNumber.exactOptional() }))
    .exactOptional(),
  rename: z.record(anyText, anyText).exactOptional(),
  defaults: z.record(anyText, scalar).exactOptional(),
} as const

type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S

type Snake = z.output<z.ZodObject<typeof FIELDS, z.core.$strict>>

/** The dialect with the field names of the code. */
export type DialectData = { readonly [K in keyof Snake as CamelCase<K & string>]: Snake[K] }

const strictFields = z.strictObject(FIELDS)

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  const result: { [P in K]?: V } = {}
  if (value !== undefined) result[key] = value
  return result
}

export const dialectSchema = strictFields.transform((fields): DialectData => {
  const {
    max_tokens_field,
    developer_role,
    custom_tools,
    json_schema_tools,
    strict_tools,
    stream_options,
    stream_only,
    ...rest
  } = fields
  const { replay_reasoning, reasoning_field, think_tags, cache_control, web_search_options, ...more } = rest
  const { server_tools, call_id_length, thought_signatures, system_messages, strict_turns, ...others } = more
  const { tool_message_names, tool_choice, json_schema, schema_limits, max_output_tokens, ...same } = others
  return {
    ...same,
    ...optional('maxTokensField', max_tokens_field),
    ...optional('developerRole', developer_role),
    ...optional('customTools', custom_tools),
    ...optional('jsonSchemaTools', json_schema_tools),
    ...optional('strictTools', strict_tools),
    ...optional('streamOptions', stream_options),
    ...optional('streamOnly', stream_only),
    ...optional('replayReasoning', replay_reasoning),
    ...optional('reasoningField', reasoning_field),
    ...optional('thinkTags', think_tags),
    ...optional('cacheControl', cache_control),
    ...optional('webSearchOptions', web_search_options),
    ...optional('serverTools', server_tools),
    ...optional('callIdLength', call_id_length),
    ...optional('thoughtSignatures', thought_signatures),
    ...optional('systemMessages', system_messages),
    ...optional('strictTurns', strict_turns),
    ...optional('toolMessageNames', tool_message_names),
    ...optional('toolChoice', tool_choice),
    ...optional('jsonSchema', json_schema),
    ...optional('schemaLimits', schema_limits),
    ...optional('maxOutputTokens', max_output_tokens),
  }
})
