// What is learned of a refusal, in the words of many vendors, and what is never learned.
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../src/base/json.js'
import type { ProtocolId } from '../../src/protocol/ids.js'
import { lessonsOf } from '../../src/protocol/learning/refused.js'

const CHAT: JsonObject = {
  model: 'm',
  stream: true,
  stream_options: { include_usage: true },
  temperature: 0.2,
  top_p: 0.9,
  parallel_tool_calls: true,
  max_tokens: 100,
  reasoning_effort: 'minimal',
  tool_choice: 'required',
  prompt_cache_key: 'k',
  stop: ['x'],
  seed: 1,
  user: 'u',
  response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {}, strict: true } },
  messages: [
    { role: 'developer', content: 'be good' },
    {
      role: 'user',
      name: 'ada',
      content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }],
    },
    { role: 'assistant', content: null, reasoning_content: 'hm', tool_calls: [] },
    { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }] },
    { role: 'system', content: 'hurry' },
  ],
  tools: [{ type: 'function', function: { name: 'f', parameters: {}, strict: true } }],
}
const RESPONSES: JsonObject = {
  model: 'm',
  input: [{ type: 'message', role: 'developer', content: [] }],
  tools: [],
  stream: true,
  include: ['reasoning.encrypted_content'],
  reasoning: { effort: 'high', summary: 'auto' },
  max_output_tokens: 10,
  store: false,
  temperature: 1,
}
const MESSAGES: JsonObject = {
  model: 'm',
  max_tokens: 1,
  system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral' } }],
  messages: [{ role: 'user', content: [{ type: 'text', text: 't', cache_control: { type: 'ephemeral' } }] }],
  tools: [{ name: 'f', strict: true, input_schema: {} }],
  thinking: { type: 'adaptive' },
  output_config: { effort: 'xhigh' },
  context_management: {},
  temperature: 0.1,
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
}
const GEMINI: JsonObject = {
  contents: [{ role: 'user', parts: [{ text: 't' }] }],
  tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: {} }] }],
  generationConfig: { temperature: 1, seed: 1, thinkingConfig: { thinkingLevel: 'high' } },
}
const SENT: Record<ProtocolId, JsonObject> = {
  'openai-chat': CHAT,
  'openai-responses': RESPONSES,
  'anthropic-messages': MESSAGES,
  gemini: GEMINI,
}

const learned = (body: JsonValue, protocol: ProtocolId = 'openai-chat', status = 400) =>
  lessonsOf({ protocol, status, body, sent: SENT[protocol] })
const said = (message: string, more: JsonObject = {}) => ({ error: { message, ...more } })
const detail = (type: string, loc: JsonValue[], msg: string) => ({
  detail: [{ type, loc, msg, input: { a: 1 } }],
})

describe('what an upstream refuses is learned from', () => {
  const chat: [string, JsonValue, string[]][] = [
    [
      'OpenAI: another name of the limit',
      said(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        { param: 'max_tokens', code: 'unsupported_parameter' },
      ),
      ['max_tokens'],
    ],
    [
      'OpenAI: a value',
      said(
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
        { param: 'temperature', code: 'unsupported_value' },
      ),
      ['temperature'],
    ],
    [
      'OpenAI: levels of effort',
      said(
        "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'low', 'medium', and 'high'.",
        { param: 'reasoning_effort' },
      ),
      ['efforts:low,medium,high'],
    ],
    [
      'OpenAI: an argument',
      said('Unrecognized request argument supplied: parallel_tool_calls'),
      ['parallel_tool_calls'],
    ],
    [
      'OpenAI: several arguments',
      said('Unrecognized request arguments supplied: seed, stop'),
      ['stop', 'seed'],
    ],
    [
      'OpenAI: a role',
      said("Unsupported value: 'messages[0].role' does not support 'developer' with this model.", {
        param: 'messages[0].role',
      }),
      ['role:developer'],
    ],
    [
      'a role in a list',
      said("'developer' is not one of ['system', 'assistant', 'user'] - 'messages.0.role'"),
      ['role:developer'],
    ],
    [
      'a role, by serde',
      'Failed to deserialize the JSON body into the target type: messages[0].role: unknown variant `developer`, expected one of `system`, `user` at line 1 column 30',
      ['role:developer'],
    ],
    ['a role, by a template', said('Unexpected role: developer'), ['role:developer']],
    [
      'a field, by serde',
      said('unknown field `stream_options`, expected one of `model`, `messages`, `temperature`, `stop`'),
      ['stream_options'],
    ],
    ['a field, by Go', said('json: unknown field "parallel_tool_calls"'), ['parallel_tool_calls']],
    [
      'FastAPI',
      detail('extra_forbidden', ['body', 'stream_options'], 'Extra inputs are not permitted'),
      ['stream_options'],
    ],
    [
      'FastAPI, a member',
      detail(
        'extra_forbidden',
        ['body', 'stream_options', 'include_usage'],
        'Extra inputs are not permitted',
      ),
      ['stream_options'],
    ],
    [
      'Mistral, two at once',
      {
        object: 'error',
        message: {
          detail: [
            {
              type: 'extra_forbidden',
              loc: ['body', 'stream_options'],
              msg: 'Extra inputs are not permitted',
            },
            {
              type: 'extra_forbidden',
              loc: ['body', 'prompt_cache_key'],
              msg: 'Extra inputs are not permitted',
            },
          ],
        },
      },
      ['stream_options', 'prompt_cache_key'],
    ],
    [
      'Mistral, a role',
      detail(
        'literal_error',
        ['body', 'messages', 0, 'developer', 'role'],
        "Input should be 'system' or 'user'",
      ),
      ['role:developer'],
    ],
    [
      'vLLM, Python in a string',
      {
        object: 'error',
        message:
          "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are not permitted', 'input': {'temperature': 'unsupported'}}]",
        code: 400,
      },
      ['stream_options'],
    ],
    ['Groq', said("property 'parallel_tool_calls' is unsupported"), ['parallel_tool_calls']],
    [
      'Groq, inside of a message',
      said(
        "'messages.1' : for 'role:user' the following must be satisfied[('messages.1' : property 'name' is unsupported)]",
      ),
      ['messages.name'],
    ],
    [
      'xAI, in its own spelling',
      said('Model grok-4 does not support parameter reasoningEffort.'),
      ['reasoning_effort'],
    ],
    ['xAI, another', said('Argument not supported on this model: stop'), ['stop']],
    ['DeepSeek', said('Thinking mode does not support this tool_choice'), ['tool_choice']],
    [
      'DeepSeek, formats',
      said('This response_format type is unavailable now'),
      ['response_format.json_schema'],
    ],
    [
      'DeepSeek, reasoning',
      said('The `reasoning_content` in the thinking mode must be passed back to the API.'),
      ['reasoning_content:required'],
    ],
    [
      'Gemini',
      said('Invalid JSON payload received. Unknown name "prompt_cache_key": Cannot find field.'),
      ['prompt_cache_key'],
    ],
    ['strict', said("tools.0.function: property 'strict' is unsupported"), ['tools.strict']],
    ['JSON Schema', said("Additional properties are not allowed ('user' was unexpected)"), ['user']],
    ['zod', said("Unrecognized key(s) in object: 'seed'"), ['seed']],
    ['plain words', said('temperature is not supported by this model'), ['temperature']],
    ['a bare text', 'stream_options is not supported', ['stream_options']],
    ['a template', said('System message must be at the beginning.'), ['role:system']],
    [
      'images, by serde',
      said('messages[4]: unknown variant `image_url`, expected `text` at line 1'),
      ['images'],
    ],
    ['images, in words', said('This model does not support image inputs.'), ['images']],
    ['only a parameter', said('bad value', { param: 'parallel_tool_calls' }), ['parallel_tool_calls']],
  ]
  it.each(chat)('%s', (_vendor, body, lessons) => {
    expect(learned(body)).toEqual(lessons)
    expect(learned(body, 'openai-chat', 422)).toEqual(lessons)
  })

  const others: [string, ProtocolId, JsonValue, string[]][] = [
    [
      'OpenAI: sealed reasoning',
      'openai-responses',
      said('Encrypted content is not supported with this model.', { param: 'include' }),
      ['include'],
    ],
    [
      'OpenAI: a member',
      'openai-responses',
      said("Unsupported parameter: 'reasoning.summary' is not supported with this model.", {
        param: 'reasoning.summary',
      }),
      ['reasoning.summary'],
    ],
    [
      'the Codex endpoint',
      'openai-responses',
      { detail: 'Unsupported parameter: max_output_tokens' },
      ['max_output_tokens'],
    ],
    [
      'a role',
      'openai-responses',
      said("Invalid value: 'developer'.", { param: 'input[0].role' }),
      ['role:developer'],
    ],
    [
      'Anthropic',
      'anthropic-messages',
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'context_management: Extra inputs are not permitted',
        },
      },
      ['context_management'],
    ],
    [
      'Anthropic, deprecated',
      'anthropic-messages',
      said('`temperature` is deprecated for this model.'),
      ['temperature'],
    ],
    [
      'Anthropic, tools',
      'anthropic-messages',
      said('tools.0.custom.strict: Extra inputs are not permitted'),
      ['tools.strict'],
    ],
    [
      'marks of caching',
      'anthropic-messages',
      said('messages.0.content.0.text.cache_control: Extra inputs are not permitted'),
      ['cache_control'],
    ],
    [
      'a form of thinking',
      'anthropic-messages',
      said('adaptive thinking is not supported on this model'),
      ['thinking:budget'],
    ],
    [
      'a member of a choice',
      'anthropic-messages',
      said('tool_choice.auto.disable_parallel_tool_use: Extra inputs are not permitted'),
      ['tool_choice.disable_parallel_tool_use'],
    ],
    [
      'the other form of thinking',
      'anthropic-messages',
      said('"thinking.type.adaptive" is not supported for this model. Use "thinking.type.enabled".'),
      ['thinking:budget'],
    ],
    [
      'a member in plain words',
      'anthropic-messages',
      said('This model does not support the effort parameter.'),
      ['output_config.effort'],
    ],
    ['thinking', 'anthropic-messages', said("'thinking' is not supported on this model"), ['thinking']],
  ]
  it.each(others)('%s on another protocol', (_vendor, protocol, body, lessons) => {
    expect(learned(body, protocol)).toEqual(lessons)
  })
})

describe('nothing is learned', () => {
  it.each([
    ['of the model', said("The model 'm' is not supported", { param: 'model' })],
    ['of messages', said('messages: text content blocks must be non-empty', { param: 'messages' })],
    ['of tools', said('tools is not supported by this model', { param: 'tools' })],
    [
      'of the name of a tool',
      detail('value_error', ['body', 'tools', 0, 'function', 'name'], 'Invalid name, not allowed'),
    ],
    ['of a field that was not sent', said('Unknown parameter: logit_bias', { param: 'logit_bias' })],
    ['of a limit that is too large', said('max_tokens must be at most 8192', { param: 'max_tokens' })],
    ['of a field that is missing', said('max_tokens is required', { param: 'max_tokens' })],
    ['of one bad image', said('The image format image/x-icon is not supported by this model.')],
    ['of a large image', said('Model does not support images of 9000 pixels')],
    ['of everyday words', said('The user is unknown, or its seed funding was not accepted.')],
    ['of words that mean another thing', said('An unsupported tool was found; see the user guide')],
    ['of a page', '<html><body>400 Bad Request</body></html>'],
    ['of someone who is no role', said('Your key is invalid, ask the system user.')],
    ['of nothing', null],
  ])('%s', (_what, body) => {
    expect(learned(body)).toEqual([])
  })

  it('of a missing endpoint, unless it is one for images', () => {
    expect(learned(said('No endpoints found that support image input'), 'openai-chat', 404)).toEqual([
      'images',
    ])
    expect(learned(said('No endpoints found that support image input'), 'openai-responses', 404)).toEqual([])
  })

  it.each([401, 403, 404, 413, 429, 500, 503])('of status %i', (status) => {
    expect(learned(said("property 'temperature' is unsupported"), 'openai-chat', status)).toEqual([])
  })
})
