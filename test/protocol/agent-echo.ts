// What an agent sends next: its question, the answer put together from its events as real clients do, verbatim, and a
// result for each call. Written against the wires alone, so that it knows nothing of how the hub reads them.
import { isObject, type JsonObject, list, object, objects, parseJson, text } from '../../src/base/json.js'
import type { ProtocolId } from '../../src/protocol/ids.js'
import type { SseEvent } from '../../src/protocol/sse/event.js'

export function nextBody(
  protocol: ProtocolId,
  question: JsonObject,
  events: readonly SseEvent[],
): JsonObject {
  const data = events.map((event) => parseJson(event.data)).filter(isObject)
  switch (protocol) {
    case 'anthropic-messages':
      return { ...question, messages: [...list(question, 'messages'), ...messagesTurns(blocks(data))] }
    case 'openai-responses':
      return { ...question, input: [...list(question, 'input'), ...inputItems(data)] }
    case 'openai-chat':
      return { ...question, messages: [...list(question, 'messages'), ...chatTurns(chatMessage(data))] }
    case 'gemini':
      return { ...question, contents: [...list(question, 'contents'), ...geminiContents(data)] }
  }
}

/** Claude Code: blocks from their starts and deltas; tool input is parsed JSON. */
function blocks(data: readonly JsonObject[]): JsonObject[] {
  const found: JsonObject[] = []
  const inputs: string[] = []
  for (const event of data) {
    const index = typeof event['index'] === 'number' ? event['index'] : -1
    const start = object(event, 'content_block')
    if (start !== undefined) found[index] = { ...start }
    const delta = object(event, 'delta') ?? {}
    const block = found[index]
    if (block === undefined) continue
    for (const field of ['text', 'thinking', 'signature'])
      if (text(delta, field) !== undefined)
        block[field] = (text(block, field) ?? '') + (text(delta, field) ?? '')
    inputs[index] = (inputs[index] ?? '') + (text(delta, 'partial_json') ?? '')
    const citation = delta['citation']
    if (citation !== undefined) block['citations'] = [...list(block, 'citations'), citation]
  }
  return found.map((block, index) =>
    block['type'] === 'tool_use' ? { ...block, input: parseJson(inputs[index] ?? '') ?? {} } : block,
  )
}

function messagesTurns(content: JsonObject[]): JsonObject[] {
  const results = content
    .filter((block) => block['type'] === 'tool_use')
    .map((block) => ({ type: 'tool_result', tool_use_id: block['id'] ?? '', content: 'done' }))
  return [
    { role: 'assistant', content },
    { role: 'user', content: results },
  ]
}

/** Codex: the finished items as they are. */
function inputItems(data: readonly JsonObject[]): JsonObject[] {
  const items = data
    .filter((event) => event['type'] === 'response.output_item.done')
    .map((event) => object(event, 'item'))
    .filter(isObject)
  const outputs = items
    .filter((item) => item['type'] === 'function_call')
    .map((item) => ({ type: 'function_call_output', call_id: item['call_id'] ?? '', output: 'done' }))
  return [...items, ...outputs]
}

/** A Chat client that keeps reasoning: texts joined, details in their order, calls by index. */
function chatMessage(data: readonly JsonObject[]): JsonObject {
  const message: { [key: string]: string } = { content: '', reasoning_content: '' }
  const details: JsonObject[] = []
  const calls: { id: string; name: string; arguments: string }[] = []
  const deltas = data
    .flatMap((chunk) => objects(chunk, 'choices'))
    .map((choice) => object(choice, 'delta'))
    .filter(isObject)
  for (const delta of deltas) {
    for (const field of ['content', 'reasoning_content'])
      message[field] = (message[field] ?? '') + (text(delta, field) ?? '')
    details.push(...objects(delta, 'reasoning_details'))
    for (const call of objects(delta, 'tool_calls')) {
      const index = typeof call['index'] === 'number' ? call['index'] : calls.length
      const known = calls[index] ?? { id: '', name: '', arguments: '' }
      const called = object(call, 'function') ?? {}
      calls[index] = {
        id: text(call, 'id') ?? known.id,
        name: text(called, 'name') ?? known.name,
        arguments: known.arguments + (text(called, 'arguments') ?? ''),
      }
    }
  }
  const toolCalls = calls.map(({ id, ...called }) => ({ id, type: 'function', function: called }))
  return { role: 'assistant', ...message, reasoning_details: details, tool_calls: toolCalls }
}

function chatTurns(message: JsonObject): JsonObject[] {
  const results = objects(message, 'tool_calls').map((call) => ({
    role: 'tool',
    tool_call_id: call['id'] ?? '',
    content: 'done',
  }))
  return [message, ...results]
}

/** A client that keeps thoughts: pieces of one text joined as Gemini CLI does, where the first may be signed. */
function geminiContents(data: readonly JsonObject[]): JsonObject[] {
  const parts: JsonObject[] = []
  const pieces = data
    .flatMap((chunk) => objects(chunk, 'candidates'))
    .flatMap((candidate) => objects(object(candidate, 'content') ?? {}, 'parts'))
  for (const piece of pieces) {
    const last = parts.at(-1)
    const said = text(piece, 'text')
    const before = last === undefined ? undefined : text(last, 'text')
    const joins = last?.['thought'] === piece['thought'] && piece['thoughtSignature'] === undefined
    if (last !== undefined && said !== undefined && before !== undefined && joins)
      last['text'] = before + said
    else parts.push({ ...piece })
  }
  const results = parts.flatMap((part) => {
    const call = object(part, 'functionCall')
    if (call === undefined) return []
    const { id, name } = { id: call['id'] ?? '', name: call['name'] ?? '' }
    return [{ functionResponse: { id, name, response: { output: 'done' } } }]
  })
  return [
    { role: 'model', parts },
    { role: 'user', parts: results },
  ]
}
