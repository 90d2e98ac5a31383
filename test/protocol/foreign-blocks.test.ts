// Blocks that only the upstream's protocol knows, through agents of the other two and back on the next turn.
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, list, objects } from '../../src/base/json.js'
import { replay } from '../../src/protocol/ir/replay.js'
import type { IrResponse } from '../../src/protocol/ir/response.js'
import type { SseEvent } from '../../src/protocol/sse/event.js'
import { translateResponse, translateStream } from '../../src/protocol/translate.js'
import { nextBody } from './agent-echo.js'
import { answering, crossed, type Pair, pairs, question, spoken } from './crossing.js'
import { FOOTPRINT } from './reading.js'

const BLOCKS: Readonly<Record<string, readonly JsonObject[]>> = {
  'anthropic-messages': [
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'code_execution', input: { code: 'print(6 * 7)' } },
    {
      type: 'code_execution_tool_result',
      tool_use_id: 'srvtoolu_1',
      content: { type: 'code_execution_result', stdout: '42\n', stderr: '', return_code: 0, content: [] },
    },
    { type: 'compaction', content: 'Earlier words.', encrypted_content: 'QUJD' },
  ],
  'openai-responses': [
    { type: 'code_interpreter_call', id: 'ci_1', status: 'completed', code: 'print(6 * 7)', outputs: null },
    { type: 'mcp_list_tools', id: 'mcpl_1', server_label: 'docs', tools: [] },
  ],
}

const foreign = pairs.filter(({ from, to }) => from !== to && BLOCKS[to.id] !== undefined)
const others = (pair: Pair) =>
  pairs.filter(({ from, to }) => from === pair.from && to !== pair.to && to !== from)

/** What the upstream said: its blocks by its own codec, then text. */
function answer(pair: Pair): IrResponse {
  const parts = (BLOCKS[pair.to.id] ?? []).map((value) => {
    const words = value['code'] ?? (isObject(value['input']) ? value['input']['code'] : undefined)
    return {
      type: 'opaque',
      protocol: pair.to.id,
      value,
      ...(typeof words === 'string' ? { fallback: words } : {}),
    } as const
  })
  return { parts: [...parts, { type: 'text', text: 'It is 42.' }], finish: { reason: 'stop' } }
}

/** The agent's next request, and what it was told. */
function echoed(pair: Pair): {
  readonly events: SseEvent[]
  readonly body: JsonObject
  readonly notes: number
} {
  const asked = question(pair.from)
  const body = pair.from.id === 'openai-responses' ? asked : { ...asked }
  const stream = translateStream(answering(crossed(pair, body)))
  const events = [...stream.push(spoken(pair.to, replay(answer(pair)))), ...stream.end()]
  const next = nextBody(pair.from.id, body, events)
  const key = 'input' in next ? 'input' : 'messages'
  return {
    events,
    body: { ...next, [key]: [...list(next, key), { role: 'user', content: 'Go on.' }] },
    notes: stream.notes.length,
  }
}

const sentBlocks = (body: JsonObject): JsonObject[] => [
  ...objects(body, 'input'),
  ...objects(body, 'messages').flatMap((message) => objects(message, 'content')),
]

describe('a block that only the upstream knows', () => {
  it.each(foreign)('$pair: leaves the text of the answer alone and is noted', (pair) => {
    const { from, to } = pair
    const translated = crossed(pair, question(from, false))
    const whole = to.server.encodeResponse(answer(pair), {
      request: translated.request,
      model: 'm',
      newId: (prefix) => `${prefix}1`,
      nowSeconds: 0,
    })
    const { response, notes } = translateResponse(answering(translated), whole.value)
    expect(response.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))).toEqual(['It is 42.'])
    const thoughts = response.parts.flatMap((part) => (part.type === 'reasoning' ? [part.text] : []))
    expect(thoughts.join(' ')).toContain('print(6 * 7)')
    expect(notes.length).toBe(BLOCKS[to.id]?.length)
    expect(echoed(pair).notes).toBe(notes.length)
  })

  it.each(foreign)('$pair: goes back to its maker as it was', (pair) => {
    const { wire } = crossed(pair, echoed(pair).body)
    for (const block of BLOCKS[pair.to.id] ?? []) {
      const { id: _, ...kept } = block
      expect(sentBlocks(wire.body)).toContainEqual(expect.objectContaining(kept))
    }
  })

  it.each(foreign)('$pair: is told in words to everybody else, and nothing of ours leaks', (pair) => {
    const { body } = echoed(pair)
    for (const other of others(pair)) {
      const sent = JSON.stringify(crossed(other, body).wire.body)
      expect(sent).toContain('print(6 * 7)')
      expect(sent).not.toContain('axonhub')
    }
    const elsewhere = JSON.stringify(crossed(pair, body, { footprint: `${FOOTPRINT}-other` }).wire.body)
    expect(elsewhere).toContain('print(6 * 7)')
    expect(elsewhere).not.toContain('axonhub')
    expect(elsewhere).not.toContain('srvtoolu_1')
  })
})
