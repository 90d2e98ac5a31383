// Running answers, for who watches them: how they get on, and their bytes as they come. What nobody watches costs nothing.
import { createServer, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolvePaths } from '../../src/config/paths.js'
import { controlClient } from '../../src/control/client.js'
import type { ControlEvent } from '../../src/control/event-schema.js'
import { createLiveBook, type LiveExchange } from '../../src/daemon/live-book.js'
import { charactersIn } from '../../src/daemon/words-sent.js'
import { startTestHub, type TestHub } from '../support/hub.js'

const line = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
const opening =
  line('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [],
      usage: { input_tokens: 7, output_tokens: 1 },
    },
  }) + line('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
const word = (text: string) => line('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })
const closing =
  line('content_block_stop', { index: 0 }) +
  line('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } }) +
  line('message_stop', {})

/** An upstream whose answers are written by the test. */
const answers: ServerResponse[] = []
const upstream = createServer((incoming, outgoing) => {
  incoming.resume().on('end', () => {
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
    outgoing.flushHeaders()
    answers.push(outgoing)
  })
})

let hub: TestHub
let control: ReturnType<typeof controlClient>

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    upstream.listen(0, '127.0.0.1', resolve)
  })
  const address = upstream.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  hub = await startTestHub({
    config: `channels:\n  - { name: slow, endpoints: { anthropic-messages: "http://127.0.0.1:${port}" }, models: ["*"] }\n`,
  })
  control = controlClient(resolvePaths({ AXONHUB_HOME: hub.home }, hub.home).socket)
})

afterAll(async () => {
  for (const answer of answers) answer.destroy()
  await hub.stop()
  upstream.close()
})

async function until<T>(find: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 400; tries++) {
    const found = find()
    if (found !== undefined) return found
    await sleep(10)
  }
  throw new Error('It never came.')
}

function ask(): Promise<Response> {
  answers.length = 0
  const messages = [{ role: 'user', content: 'Hello' }]
  return hub.post('/anthropic/v1/messages', { model: 'claude-x', max_tokens: 9, stream: true, messages })
}

type Watched = { readonly events: ControlEvent[]; stop(): Promise<void> }

function watch(): Watched {
  const ending = new AbortController()
  const events: ControlEvent[] = []
  const reading = (async () => {
    try {
      for await (const event of control.events(ending.signal)) events.push(event)
    } catch {
      // It was ended by the test.
    }
  })()
  return {
    events,
    async stop() {
      ending.abort()
      await reading
    },
  }
}

describe('who follows the events', () => {
  it('hears whom a request asks, when its first token came, and how much it says so far', async () => {
    const watched = watch()
    await until(() => watched.events.find(({ type }) => type === 'snapshot'))
    const asked = ask()
    const answer = await until(() => answers[0])
    const steps = () => watched.events.flatMap((event) => (event.type === 'progress' ? event.requests : []))
    expect(await until(() => steps().at(-1))).toMatchObject({
      channel: 'slow',
      modelUsed: 'claude-x',
      mode: 'relay',
    })
    expect(steps().every(({ firstTokenMs }) => firstTokenMs === undefined)).toBe(true)
    answer.write(opening + word('a'.repeat(40)))
    const first = await until(() => steps().find(({ output }) => output !== undefined))
    expect(first.output).toBe(10)
    expect(first.firstTokenMs).toBeGreaterThan(0)
    answer.write(word('b'.repeat(40)))
    await until(() => steps().find(({ output }) => output === 20))
    answer.end(closing)
    await (await asked).text()
    const end = await until(() => watched.events.find(({ type }) => type === 'request-finished'))
    expect(end).toMatchObject({ outcome: 'completed', usage: { output: 9 } })
    const said = steps().length
    await sleep(500)
    expect(steps()).toHaveLength(said)
    await watched.stop()
  })
})

describe('who watches one answer', () => {
  it('is given its bytes from the beginning, then as they come, to the end', async () => {
    const watched = watch()
    await until(() => watched.events.find(({ type }) => type === 'snapshot'))
    const asked = ask()
    const answer = await until(() => answers[0])
    answer.write(opening + word('before'))
    const started = await until(() => watched.events.find(({ type }) => type === 'request-started'))
    const id = 'requestId' in started ? started.requestId : ''
    const body = (await asked).text()
    let heard = ''
    const reading = (async () => {
      for await (const bytes of control.answerBytes(id, new AbortController().signal))
        heard += Buffer.from(bytes).toString()
    })()
    await until(() => (heard.includes('before') ? true : undefined))
    expect(heard).not.toContain('after')
    answer.write(word('after'))
    await until(() => (heard.includes('after') ? true : undefined))
    answer.end(closing)
    await reading
    expect(heard).toBe(await body)
    await watched.stop()
  })

  it('of a request that does not run is told so', async () => {
    const never = control.answerBytes('ar-nobody', new AbortController().signal)
    await expect(never.next()).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('the book of running answers', () => {
  it('looks at no answer while nobody watches', async () => {
    let looked = 0
    const exchange: LiveExchange = {
      id: 'a',
      answer: {
        firstByteAt: undefined,
        pieces: () => {
          looked += 1
          return []
        },
      },
      outcome: {},
      stream: {},
    }
    const book = createLiveBook()
    const leave = book.enter(exchange, 0)
    await sleep(300)
    expect(looked).toBe(0)
    const stop = book.watch(() => undefined)
    await until(() => (looked > 0 ? true : undefined))
    stop()
    const before = looked
    await sleep(300)
    expect(looked).toBe(before)
    leave()
    expect(book.follow('a', { pieces: () => undefined, end: () => undefined })).toBeUndefined()
  })
})

describe('the length of what was said', () => {
  const chat = (delta: object) =>
    `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ delta }] })}\n\n`
  const responses = (type: string, more: object) =>
    line(type, { sequence_number: 4, item_id: 'msg_123', ...more })
  it.each([
    ['a text of Anthropic', word('twelve chars'), 12],
    ['thinking', line('content_block_delta', { delta: { type: 'thinking_delta', thinking: 'four' } }), 4],
    [
      'arguments',
      line('content_block_delta', { delta: { type: 'input_json_delta', partial_json: '{"a"' } }),
      6,
    ],
    [
      'a text of Responses',
      responses('response.output_text.delta', { delta: 'hello', obfuscation: 'xxxxxxxx' }),
      5,
    ],
    ['a text of Chat', chat({ content: 'hello' }), 5],
    ['several events', word('ab') + word('cd'), 4],
    ['the whole text at the end of Responses', responses('response.output_text.done', { text: 'hello' }), 0],
    ['an opening', opening, 0],
    ['a ping', line('ping', {}), 0],
  ])('counts %s', (_what, piece, characters) => {
    expect(charactersIn(piece)).toBe(characters)
  })
})
