// What requests cost, from the channel's price to the table on the terminal.
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askHub, type Bench, makeBench } from '../cli/bench.js'

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'deepseek-flash',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage: {
    prompt_tokens: 1_000_000,
    completion_tokens: 100_000,
    total_tokens: 1_100_000,
    prompt_tokens_details: { cached_tokens: 500_000 },
  },
}

let bench: Bench
const upstream = createServer((incoming, outgoing) => {
  incoming.resume().on('end', () => {
    outgoing.writeHead(200, { 'content-type': 'application/json' })
    outgoing.end(JSON.stringify(ANSWER))
  })
})

beforeAll(async () => {
  bench = makeBench()
  await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', () => resolve()))
  const address = upstream.address()
  const port = typeof address === 'object' ? address?.port : 0
  const endpoint = `endpoints: { openai-chat: "http://127.0.0.1:${port}" }`
  bench.write(
    '../hub/config.yml',
    `channels:
  - { name: paid, provider: deepseek, api_key: x, ${endpoint}, models: [deepseek-flash] }
  - { name: own, ${endpoint}, models: [mine] }
`,
  )
  await bench.run(['serve', '--detach'])
})
afterAll(async () => {
  await bench.close()
  upstream.close()
})

it('is told by day, model, channel and conversation; what has no price is said to have none', async () => {
  expect((await bench.run(['usage'])).stdout).toBe('No requests yet.\n')
  for (const model of ['deepseek-flash', 'mine'])
    expect((await askHub(bench, model, 'Is it?')).status).toBe(200)
  const [day, models, json, list] = await Promise.all([
    bench.run(['usage', '--since', '1d']),
    bench.run(['usage', '--by', 'model']),
    bench.json(['usage', '--by', 'channel']),
    bench.run(['trace', 'list']),
  ])
  // 0.5M fresh at 0.3, 0.5M cached at 0.006, 0.1M out at 1.2.
  expect(day.stdout).toMatch(/^DAY +REQ.*\n\d{4}-\d\d-\d\d +2 +0 +2\.0M +50% +200k +\$0\.27\+\n$/)
  expect(day.stderr).toContain('1 of the requests have no known price')
  expect(models.stdout).toMatch(/deepseek-flash +1 .*\$0\.27\nmine +1 .*unpriced\ntotal +2 /)
  expect(json).toMatchObject([
    { key: 'paid', cost: 0.273, unpriced: 0 },
    { key: 'own', cost: 0, unpriced: 1 },
  ])
  expect(list.stdout).toMatch(/deepseek-flash +1\.0M\/100k +\$0\.27 /)
  const id = /^(at-\S+).*deepseek-flash/m.exec(list.stdout)?.[1] ?? ''
  const shown = await bench.run(['trace', 'show', id])
  expect(shown.stdout).toContain('$0.27 at $0.3/$1.2 per million (preset deepseek, 2026-11-20)')
  expect((await bench.run(['usage', '--by', 'year'])).code).toBe(2)
})
