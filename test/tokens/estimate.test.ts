import { Buffer } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../src/base/errors.js'
import {
  isObject,
  type JsonObject,
  type JsonValue,
  object,
  objects,
  parseJson,
  text,
} from '../../src/base/json.js'
import { anthropicMessages } from '../../src/protocol/anthropic/codec.js'
import { openaiChat } from '../../src/protocol/openai-chat/codec.js'
import { translateRequest } from '../../src/protocol/translate.js'
import { estimateTokens } from '../../src/tokens/estimate.js'

const bytes = (body: JsonValue) => Buffer.from(JSON.stringify(body))
const estimate = (body: JsonValue) => estimateTokens(bytes(body), 'anthropic-messages')
const ask = (over: JsonObject): JsonObject => ({ model: 'm', messages: [], ...over })
const said = (words: string): JsonObject => ({ role: 'user', content: words })

describe('the estimate', () => {
  it('is the frame of a message and of the answer around its text', () => {
    expect(estimate(ask({ messages: [said('foo')] }))).toBe(countTokens('foo') + 4 + 3)
  })

  it('counts system, history, tools and formats, and nothing that the model is not shown', () => {
    const base = estimate(ask({ messages: [said('foo')] }))
    const schema = { type: 'object', properties: { path: { type: 'string', description: 'Where.' } } }
    const more = (over: JsonObject) => estimate(ask({ messages: [said('foo')], ...over })) - base
    expect(more({ system: 'Be brief.' })).toBe(countTokens('Be brief.') + 4)
    expect(more({ tools: [{ name: 'Read', description: 'Reads.', input_schema: schema }] })).toBe(
      countTokens('Read') + countTokens('Reads.') + countTokens(JSON.stringify(schema)) + 18,
    )
    expect(more({ system: [{ type: 'text', text: 'x-anthropic-billing-header: cc_version=2;' }] })).toBe(4)
    expect(
      more({ metadata: { user_id: 'u'.repeat(99) }, max_tokens: 9, thinking: { type: 'adaptive' } }),
    ).toBe(0)
    expect(
      more({ tools: [{ name: 'DeferredToolPlaceholder', input_schema: schema, defer_loading: true }] }),
    ).toBe(0)
    expect(more({ output_config: { format: { type: 'json_schema', schema } } })).toBeGreaterThan(20)
  })

  it('counts calls, results and the reasoning of a tool loop, but no seals', () => {
    const history = (thinking: string, signature: string): JsonValue[] => [
      said('go'),
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking, signature },
          { type: 'tool_use', id: 'toolu_1', name: 'Read', input: { path: '/etc/hosts' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'localhost' }] },
    ]
    const plain = estimate(ask({ messages: history('', '') }))
    expect(estimate(ask({ messages: history('I will read it.', 'S'.repeat(4000)) })) - plain).toBe(
      countTokens('I will read it.'),
    )
    expect(plain).toBeGreaterThan(countTokens('Read{"path":"/etc/hosts"}localhostgo') + 3 * 4)
  })

  it('speaks the other protocols as well', () => {
    const chat = { model: 'm', messages: [{ role: 'user', content: 'foo' }] }
    expect(estimateTokens(bytes(chat), 'openai-chat')).toBe(8)
    expect(estimateTokens(bytes({ model: 'm', input: 'foo' }), 'openai-responses')).toBe(8)
  })

  it('is refused for a body that is no request', () => {
    expect(() => estimateTokens(Buffer.from('nonsense'), 'anthropic-messages')).toThrow(HubError)
    expect(() => estimate(ask({ messages: 7 }))).toThrow(
      expect.objectContaining({ code: 'invalid-request', detail: { param: 'messages' } }),
    )
  })
})

const captures = process.env['AXONHUB_CAPTURES']

function bodies(): { name: string; body: JsonObject }[] {
  if (captures === undefined) return []
  const folder = join(captures, 'claude-code')
  return readdirSync(folder).flatMap((name) => {
    const value = parseJson(readFileSync(join(folder, name), 'utf8'))
    const body = isObject(value) ? value['body'] : undefined
    return isObject(body) && Array.isArray(body['messages']) ? [{ name, body }] : []
  })
}

/** The tokens of the request as an OpenAI-like upstream renders it, with tools as JSON or as TypeScript. */
function rendered(body: JsonObject, tools: (tools: readonly JsonObject[]) => string): number {
  const { wire } = translateRequest({
    from: anthropicMessages,
    to: openaiChat,
    body,
    model: 'm',
    dialect: {},
    footprint: 'f',
  })
  const messages = objects(wire.body, 'messages').map((message) => {
    const calls = objects(message, 'tool_calls').map((call) => object(call, 'function') ?? {})
    const content = message['content']
    const words =
      typeof content === 'string'
        ? [content]
        : objects(message, 'content').map((part) => text(part, 'text') ?? '')
    const all = [
      text(message, 'role') ?? '',
      ...words,
      ...calls.flatMap((call) => [text(call, 'name') ?? '', text(call, 'arguments') ?? '']),
      text(message, 'reasoning_content') ?? '',
    ]
    return 3 + all.reduce((total, piece) => total + countTokens(piece), 0)
  })
  const format =
    wire.body['response_format'] === undefined ? 0 : countTokens(JSON.stringify(wire.body['response_format']))
  const listed = objects(wire.body, 'tools')
  return (
    messages.reduce((total, count) => total + count, 3) +
    format +
    (listed.length === 0 ? 0 : countTokens(tools(listed)))
  )
}

const asTypeScript = (tools: readonly JsonObject[]): string =>
  `namespace functions {\n\n${tools
    .map((tool) => object(tool, 'function') ?? {})
    .map(
      (tool) =>
        `// ${(text(tool, 'description') ?? '').replaceAll('\n', '\n// ')}\ntype ${text(tool, 'name')} = (_: ${typeOf(tool['parameters'])}) => any;\n`,
    )
    .join('\n')}\n} // namespace functions`

function typeOf(schema: JsonValue | undefined): string {
  if (!isObject(schema)) return 'any'
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' | ')
  if (Array.isArray(schema['anyOf'])) return schema['anyOf'].map(typeOf).join(' | ')
  if (schema['type'] === 'array') return `${typeOf(schema['items'])}[]`
  const type = text(schema, 'type') ?? 'any'
  if (type !== 'object') return type === 'integer' ? 'number' : type
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const members = Object.entries(object(schema, 'properties') ?? {}).map(([name, member]) => {
    const comment =
      isObject(member) && typeof member['description'] === 'string' ? `// ${member['description']}\n` : ''
    return `${comment}${name}${required.includes(name) ? '' : '?'}: ${typeOf(member)},\n`
  })
  return `{\n${members.join('')}}`
}

describe.skipIf(captures === undefined)('real bodies (skipped because AXONHUB_CAPTURES is not set)', () => {
  it.each(bodies())('$name: lies between 3 % under and 10 % over, however tools are rendered', ({ body }) => {
    const counted = estimate(body)
    for (const truth of [rendered(body, (tools) => JSON.stringify(tools)), rendered(body, asTypeScript)]) {
      expect(counted).toBeGreaterThanOrEqual(truth * 0.97)
      expect(counted).toBeLessThanOrEqual(truth * 1.1)
    }
  })
})
