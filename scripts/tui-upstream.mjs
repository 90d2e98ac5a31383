// An upstream that speaks Anthropic Messages and takes its time: it thinks, then says a word every few milliseconds.
// For scripts that look at the terminal UI; `startUpstream` tells its port.

import { createServer } from 'node:http'

const WORDS =
  'The login test fails because the session cookie is set after the redirect, so the second request has none. I will move the call before it and run the tests again to see that they pass. '.split(
    ' ',
  )

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

function event(type, data) {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
}

function opening(model, input) {
  const usage = {
    input_tokens: input,
    output_tokens: 1,
    cache_read_input_tokens: input * 9,
    cache_creation_input_tokens: 0,
  }
  return event('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    },
  })
}

async function speak(outgoing, model, { firstMs, words, wordMs }) {
  outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_1' })
  outgoing.write(opening(model, 1200))
  await wait(firstMs)
  outgoing.write(event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }))
  for (let index = 0; index < words && !outgoing.destroyed; index++) {
    const text = `${WORDS[index % WORDS.length]} `
    outgoing.write(event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }))
    if (wordMs > 0) await wait(wordMs)
  }
  outgoing.write(event('content_block_stop', { index: 0 }))
  const delta = { stop_reason: 'end_turn', stop_sequence: null }
  outgoing.write(event('message_delta', { delta, usage: { output_tokens: words } }))
  outgoing.end(event('message_stop', {}))
}

/** `firstMs`: before the first word · `words`: how many · `wordMs`: between two of them. */
export function startUpstream(pace) {
  const server = createServer((incoming, outgoing) => {
    const pieces = []
    incoming.on('data', (piece) => pieces.push(piece))
    incoming.on('end', () => {
      const { model = 'claude' } = JSON.parse(Buffer.concat(pieces).toString() || '{}')
      speak(outgoing, model, pace).catch(() => outgoing.destroy())
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: server.address().port, close: () => server.close() }))
  })
}
