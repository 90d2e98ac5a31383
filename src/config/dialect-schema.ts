// A vendor's dialect as it stands in a preset: the fields of src/protocol/dialect.ts in snake_case. A test holds the
// two together; the rooms may not import each other.

import { z } from 'zod'
import { anyText, oneOf, wholeNumber, yesOrNo } from './kinds.js'

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

const FIELDS = {
  max_tokens_field: oneOf(['max_tokens', 'max_completion_tokens']).exactOptional(),
  developer_role: yesOrNo.exactOptional(),
  custom_tools: yesOrNo.exactOptional(),
  strict_tools: yesOrNo.exactOptional(),
  stream_options: yesOrNo.exactOptional(),
  replay_reasoning: oneOf(['always', 'tool-loop', 'never']).exactOptional(),
  reasoning_field: oneOf(['reasoning_content', 'reasoning']).exactOptional(),
  cache_control: yesOrNo.exactOptional(),
  web_search_options: yesOrNo.exactOptional(),
  call_id_length: wholeNumber(1, 40).exactOptional(),
  thought_signatures: yesOrNo.exactOptional(),
  reasoning: oneOf(['effort', 'none']).exactOptional(),
  efforts: z.array(oneOf(EFFORTS)).min(1).exactOptional(),
  system_messages: yesOrNo.exactOptional(),
  thinking: oneOf(['adaptive', 'budget', 'none']).exactOptional(),
  max_output_tokens: wholeNumber(1, 10_000_000).exactOptional(),
  forbid: z.array(anyText).exactOptional(),
} as const

type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S

type Snake = z.output<z.ZodObject<typeof FIELDS, z.core.$strict>>

/** The dialect with the field names of the code. */
export type DialectData = { readonly [K in keyof Snake as CamelCase<K & string>]: Snake[K] }

const strictFields = z.strictObject(FIELDS)

export const dialectSchema = strictFields.transform((fields): DialectData => {
  const { max_tokens_field, developer_role, custom_tools, strict_tools, stream_options, ...rest } = fields
  const { replay_reasoning, reasoning_field, cache_control, web_search_options, ...others } = rest
  const { call_id_length, thought_signatures, system_messages, max_output_tokens, ...same } = others
  return {
    ...same,
    ...(max_tokens_field === undefined ? {} : { maxTokensField: max_tokens_field }),
    ...(developer_role === undefined ? {} : { developerRole: developer_role }),
    ...(custom_tools === undefined ? {} : { customTools: custom_tools }),
    ...(strict_tools === undefined ? {} : { strictTools: strict_tools }),
    ...(stream_options === undefined ? {} : { streamOptions: stream_options }),
    ...(replay_reasoning === undefined ? {} : { replayReasoning: replay_reasoning }),
    ...(reasoning_field === undefined ? {} : { reasoningField: reasoning_field }),
    ...(cache_control === undefined ? {} : { cacheControl: cache_control }),
    ...(web_search_options === undefined ? {} : { webSearchOptions: web_search_options }),
    ...(call_id_length === undefined ? {} : { callIdLength: call_id_length }),
    ...(thought_signatures === undefined ? {} : { thoughtSignatures: thought_signatures }),
    ...(system_messages === undefined ? {} : { systemMessages: system_messages }),
    ...(max_output_tokens === undefined ? {} : { maxOutputTokens: max_output_tokens }),
  }
})
