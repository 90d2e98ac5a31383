// A provider that falls silent in the middle of its answer: the trace says when and for how long.
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addressOf, type Bench, makeBench } from '../cli/bench.js'

const SILENCE_MS = 2_200
const chunk = (content: string, end: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: end }] })}\n\n`

let bench: Bench
const upstream = createServer((incoming, outgoing) => {
  incoming.resume().on('end', () => {
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
    outgoing.write(chunk('One'))
    setTimeout(() => outgoing.end(`${chunk(' two', 'stop')}data: [DONE]\n\n`), SILENCE_MS)
  })
})

beforeAll(async () => {
  bench = makeBench()
  await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', () => resolve()))
  const address = upstream.address()
  const port = typeof address === 'object' ? address?.port : 0
  bench.write(
    '../hub/config.yml',
    `channels:\n  - { name: own, endpoints: { openai-chat: "http://127.0.0.1:${port}" } }\n`,
  )
  await bench.run(['serve', '--detach'])
})
afterAll(async () => {
  await bench.close()
  upstream.close()
})

it('is told with its length, and no silence where there was none', async () => {
  const key = (await bench.run(['token'])).stdout.trim()
  const answer = await fetch(`${await addressOf(bench)}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Count.' }] }),
  })
  await answer.text()
  const id = answer.headers.get('ah-request-id') ?? ''
  const request = await bench.json(['trace', 'show', id])
  expect(request).toMatchObject({ gaps: [{ atMs: expect.any(Number), durationMs: expect.any(Number) }] })
  expect((await bench.run(['trace', 'show', id])).stdout).toMatch(/1 silence, the longest 2\.\d s/)
})
