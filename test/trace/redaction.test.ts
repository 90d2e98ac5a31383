// Secrets of some forty kinds go through a running hub, in headers, bodies, addresses, tool results, streams and errors.
// The provider gets each byte; database, log, `trace show` and exports hold none of them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject, parseJson } from '../../src/base/json.js'
import { decompress } from '../../src/store/compress.js'
import { sqlite } from '../../src/store/sqlite.js'
import { addressOf, type Bench, keyOf, makeBench, printed } from '../cli/bench.js'
import { type RawUpstream, rawUpstream, sendJson, sendSse } from '../support/raw-upstream.js'
import { SECRETS } from '../support/secrets.js'

/** Without any form: the hub knows them because they stand in its configuration or in headers. */
const CHANNEL_KEY = 'the-key-of-the-channel-without-a-form'
const LOGIN = 'a-login-that-the-agent-sends'
const COOKIE = 'jar-of-the-agent-98765'
const TRACE = '0199aaaa-1111-7222-8333-444455556666'

const planted = SECRETS.map(({ text }) => text).join('\n')
const hidden = [
  ...SECRETS.flatMap(({ secret }) => secret.split('\n').filter(isLong)),
  CHANNEL_KEY,
  LOGIN,
  COOKIE,
]
const body = (model: string) => ({
  model,
  max_tokens: 100,
  stream: model !== 'fails',
  messages: [
    { role: 'user', content: `${planted}\nand ${CHANNEL_KEY} and ${LOGIN}` },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        {
          id: 'call_1',
          type: 'function',
          function: { name: 'run', arguments: JSON.stringify({ env: planted }) },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: `the tool printed ${planted} ${COOKIE}` },
  ],
})

let bench: Bench
let upstream: RawUpstream
let sent: Buffer[] = []

function isLong(line: string): boolean {
  return !line.startsWith('-----')
}

/** An answer that repeats the secrets, a few characters with each event. */
function echo(): string {
  const chunk = (delta: object, more = {}) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`
  const pieces = `${planted}\n${CHANNEL_KEY}`.match(/[\s\S]{1,7}/g) ?? []
  const words = pieces.map((content) => chunk({ content })).join('')
  return `${chunk({ role: 'assistant', content: '' })}${words}${chunk({}, { finish_reason: 'stop' })}data: [DONE]\n\n`
}

async function ask(path: string, asked: unknown): Promise<string> {
  const key = await keyOf(bench)
  const bytes = Buffer.from(JSON.stringify(asked))
  sent.push(bytes)
  const answer = await fetch(`${await addressOf(bench)}${path}?key=${SECRETS[6]?.secret ?? ''}`, {
    method: 'POST',
    headers: {
      'x-axonhub-key': key,
      authorization: `Bearer ${LOGIN}`,
      cookie: `theme=dark; jar=${COOKIE}`,
      'content-type': 'application/json',
      'user-agent': `tool/1 (${SECRETS[0]?.secret ?? ''})`,
      'x-something': SECRETS[1]?.secret ?? '',
      'ah-trace-id': TRACE,
      'ah-thread-id': SECRETS[2]?.secret ?? '',
    },
    body: bytes,
  })
  return answer.text()
}

beforeAll(async () => {
  upstream = await rawUpstream((response, seen) => {
    const model = printed(parseJson(seen.body.toString()), 'model')
    if (model !== 'fails') return sendSse(response, echo())
    const message = `Wrong key ${CHANNEL_KEY}, ${LOGIN}: ${planted}`
    return sendJson(response, { error: { message, type: 'invalid_request_error', code: 'wrong' } }, 400)
  })
  bench = makeBench()
  bench.write(
    '../hub/config.yml',
    `channels:\n  - { name: up, endpoints: { openai-chat: "${upstream.url}/v1" }, api_key: ${CHANNEL_KEY} }\nkeys:\n  test: {}\n`,
  )
  await bench.run(['serve', '--detach'])
  sent = []
  await ask('/v1/chat/completions', body('streams'))
  await ask('/v1/chat/completions', body('fails'))
  const [question] = body('x').messages
  await ask('/anthropic/v1/messages', {
    model: 'converts',
    max_tokens: 9,
    stream: true,
    messages: [question],
  })
  await bench.json(['trace', 'list'])
})
afterAll(async () => {
  await bench.close()
  await upstream.close()
})

function found(text: string): string[] {
  return hidden.filter(
    (secret) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)),
  )
}

describe('a secret that goes through the hub', () => {
  it('reaches the provider untouched', () => {
    expect(upstream.seen.map(({ body: got }) => got.toString()).slice(0, 2)).toEqual(
      sent.slice(0, 2).map((bytes) => bytes.toString()),
    )
    expect(found(upstream.seen[2]?.body.toString() ?? '').length).toBeGreaterThan(SECRETS.length)
    expect(upstream.seen[0]?.headers['authorization']).toBe(`Bearer ${CHANNEL_KEY}`)
  })

  it('is in no file of the hub', async () => {
    await bench.run(['stop'])
    const files = readdirSync(bench.hub, { recursive: true, encoding: 'utf8' })
      .filter((name) => !/^(config\.yml|secrets\.json)|\.bak/.test(name))
      .map((name) => join(bench.hub, name))
      .filter((path) => existsSync(path) && /\.(db|db-wal|log|json)$/.test(path))
    expect(files.length).toBeGreaterThan(1)
    for (const path of files) expect([path, found(readFileSync(path, 'latin1'))]).toEqual([path, []])
    const database = new (sqlite())(join(bench.hub, 'axonhub.db'), { readonly: true })
    const chunks = database
      .prepare<[], { coding: number; data: Buffer }>('SELECT coding, data FROM chunks')
      .all()
    const whole = chunks.map((chunk) => Buffer.from(decompress(chunk)).toString()).join('\n')
    const removed = database.prepare<[], number>('SELECT removed FROM bodies WHERE removed > 0').pluck().all()
    database.close()
    expect(whole).toContain('[removed]')
    expect(found(whole)).toEqual([])
    // Request and answer of the first, request and error of the second, four bodies of the converted one.
    expect(removed.length).toBeGreaterThanOrEqual(6)
    expect(Math.min(...removed)).toBeGreaterThan(30)
  })

  it.each([
    ['trace show --json', ['trace', 'show', TRACE, '--json']],
    ['trace list --json', ['trace', 'list', '--json']],
    ['an export as JSON lines', ['trace', 'export', TRACE, '--format', 'jsonl']],
    ['an export as HAR', ['trace', 'export', TRACE, '--format', 'har']],
    ['an export as a page', ['trace', 'export', TRACE, '--format', 'html']],
  ])('is not shown by %s', async (_, args) => {
    const { code, stdout, stderr } = await bench.run(args)
    expect([code, stderr.replace(/^Read it.*/s, '')]).toEqual([0, ''])
    expect(stdout).toContain(TRACE)
    expect(found(stdout)).toEqual([])
  })

  it('is put together neither by the wire view nor from the pieces of a stream', async () => {
    const trace = await bench.json(['trace', 'show', TRACE])
    const turns = isObject(trace) ? JSON.stringify(trace['turns']) : ''
    const ids = [...turns.matchAll(/"id":"(ar-[^"]+)"/g)].map(([, id = '']) => id)
    expect(ids).toHaveLength(3)
    for (const id of ids) {
      const wire = await bench.json(['trace', 'show', id, '--wire'])
      const text = JSON.stringify(wire)
      const pieces = text.replace(/\\+"\}(?:(?!content|text).)*?\\+"(?:content|text)\\+":\\+"/g, '')
      expect(found(text)).toEqual([])
      expect(found(pieces)).toEqual([])
    }
  })
})
