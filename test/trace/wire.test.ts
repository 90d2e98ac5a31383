// The four panes of a request: agent sent, hub sent, provider sent, agent got.
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isObject, number, objects, parseJson, text } from '../../src/base/json.js'
import { addressOf, type Bench, keyOf, makeBench } from '../cli/bench.js'

/** Long enough to be told. */
const SILENCE_MS = 2_200

let bench: Bench
const chunk = (delta: object, end: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: end }] })}\n\n`
const upstream = createServer((incoming, outgoing) => {
  incoming.resume().on('end', () => {
    outgoing.writeHead(200, {
      'content-type': 'text/event-stream',
      'x-request-id': 'up-42',
      'x-ratelimit-remaining-tokens': '90000',
    })
    for (const word of ['One', ' two', ' \u001b[31mthree'])
      outgoing.write(chunk({ role: 'assistant', content: word }))
    setTimeout(() => outgoing.end(`${chunk({}, 'stop')}data: [DONE]\n\n`), SILENCE_MS)
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

it('are shown one after another, long texts shortened, runs of events as one line, silences told', async () => {
  const key = await keyOf(bench)
  const answer = await fetch(`${await addressOf(bench)}/anthropic/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({
      model: 'm',
      max_tokens: 9,
      stream: true,
      messages: [{ role: 'user', content: 'long '.repeat(500) }],
    }),
  })
  await answer.text()
  const id = answer.headers.get('ah-request-id') ?? ''
  const { code, stdout } = await bench.run(['trace', 'show', id, '--wire'])
  expect(code).toBe(0)
  const panes = stdout.split(/\n(?=The (?:agent|hub|provider) (?:sent|got))/)
  expect(panes.map((pane) => /^The \w+ \w+/.exec(pane)?.[0])).toEqual([
    undefined,
    'The agent sent',
    'The hub sent',
    'The provider sent',
    'The agent got',
  ])
  expect(panes[0]).toContain("provider's id: up-42")
  expect(panes[0]).toMatch(/1 silence, the longest 2\.\d s/)
  expect(panes[1]).toMatch(/POST \/anthropic\/v1\/messages, anthropic-messages\n/)
  expect(panes[1]).toContain('anthropic-version: 2023-06-01')
  expect(panes[1]).toMatch(/long … \(\d\.\dk more characters\)"/)
  expect(panes[2]).toMatch(/\n {2}\+ {3}"stream_options": \{\n/)
  expect(panes[3]).toContain('x-ratelimit-remaining-tokens: 90000')
  expect(panes[3]).toMatch(
    /chat\.completion\.chunk × 3, .*\n +⋯ nothing for 2\.\d s\n +2\.\d{3} s {2}.*\n.*data: \[DONE\]/,
  )
  expect(panes[4]).toMatch(/content_block_delta × \d/)
  expect(stdout).not.toContain('\u001b')
  const json = await bench.json(['trace', 'show', id, '--wire'])
  expect(json).toMatchObject({ gaps: [{ atMs: expect.any(Number), durationMs: expect.any(Number) }] })
  const [timeline] = isObject(json) ? objects(json, 'timelines') : []
  const events = timeline === undefined ? [] : objects(timeline, 'events')
  const times = events.map((event) => number(event, 'atMs') ?? -1)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(2000)
  const texts = isObject(json) ? objects(json, 'texts') : []
  expect(texts.map((one) => text(one, 'which'))).toEqual(
    expect.arrayContaining(['request', 'upstream-request', 'upstream-response', 'response']),
  )
  const [first] = texts
  expect(parseJson((first && text(first, 'text')) ?? '')).toMatchObject({ model: 'm' })
})

it('are those of a request alone', async () => {
  expect(await bench.run(['trace', 'show', 'at-none', '--wire'])).toMatchObject({ code: 1 })
})
