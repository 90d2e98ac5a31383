// A made-up coding session as Claude Code sends one: fixed tools and system text, a history that grows by a tool
// call and its result with each request, and a cache mark that moves to the newest message.
import { wordsOf } from './records.js'

type Content = { [key: string]: unknown }[]
type Message = { role: string; content: Content }

/** The request bodies of a session of `count` requests that ends with about `bytes` of context. */
export function* sessionBodies(count: number, bytes: number, seed = 1): Generator<Buffer> {
  const tools = Array.from({ length: 24 }, (_, index) => ({
    name: `Tool${index}`,
    description: wordsOf(9_000 + index, 1_800),
    input_schema: { type: 'object', properties: { path: { type: 'string' }, limit: { type: 'number' } } },
  }))
  const system = [{ type: 'text', text: wordsOf(9_999, 12_000), cache_control: { type: 'ephemeral' } }]
  const share = Math.max(200, Math.floor((bytes - 60_000) / count))
  const messages: Message[] = [{ role: 'user', content: [{ type: 'text', text: wordsOf(seed, 300) }] }]
  for (let number = 0; number < count; number++) {
    const marked = messages.map((message, index) =>
      index === messages.length - 1 ? withMark(message) : message,
    )
    const body = {
      model: 'claude-opus-4-8',
      messages: marked,
      system,
      tools,
      max_tokens: 64_000,
      stream: true,
    }
    yield Buffer.from(JSON.stringify(body))
    const id = `toolu_${seed}_${number}`
    const words = wordsOf(seed * 1_000 + number, share)
    messages.push({
      role: 'assistant',
      content: [
        {
          type: 'thinking',
          thinking: words.slice(0, share / 8),
          signature: wordsOf(number, 300).replace(/\s/g, '+'),
        },
        { type: 'text', text: words.slice(share / 8, share / 6) },
        { type: 'tool_use', id, name: 'Tool3', input: { path: `/src/file-${number}.ts`, limit: number } },
      ],
    })
    messages.push({
      role: 'user',
      content: [{ tool_use_id: id, type: 'tool_result', content: words.slice(share / 6), is_error: false }],
    })
  }
}

function withMark({ role, content }: Message): Message {
  const mark = { cache_control: { type: 'ephemeral' } }
  return {
    role,
    content: content.map((part, index) => (index === content.length - 1 ? { ...part, ...mark } : part)),
  }
}

/** An Anthropic event stream of `count` deltas, in the pieces in which it would arrive. */
export function streamPieces(count: number, seed = 1): Uint8Array[] {
  const words = wordsOf(seed, count * 24)
  return Array.from({ length: count }, (_, index) => {
    const text = words.slice(index * 24, index * 24 + 24)
    const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }
    return Buffer.from(`event: content_block_delta\ndata: ${JSON.stringify(delta)}\n\n`)
  })
}
