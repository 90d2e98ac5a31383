// A conversation for somebody else: nothing of it may run, no secret may be in it, and other programs must read it.
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseJson } from '../../src/base/json.js'
import { addressOf, type Bench, keyOf, makeBench } from '../cli/bench.js'
import { until } from '../daemon/lifecycle.js'
import { harSchema } from '../export/har-schema.js'

const SESSION = '0199cccc-1111-7222-8333-444455556666'
const SECRET = `sk-ant-api03-${'a1B2c3D4'.repeat(6)}`
const PLANTED = `</script><script>alert(1)</script><img src=x onerror="alert(2)">\u001b[31mred ${SECRET} "quoted" & 'so'`

let bench: Bench
beforeAll(async () => {
  bench = makeBench()
  await bench.run(['serve', '--detach', '--demo'])
  const key = await keyOf(bench)
  const address = await addressOf(bench)
  for (const stream of [true, false]) {
    const answer = await fetch(`${address}/anthropic/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': key,
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
        'x-claude-code-session-id': SESSION,
      },
      body: JSON.stringify({
        model: 'claude-opus-5-5',
        max_tokens: 100,
        stream,
        system: 'You are planted.',
        messages: [{ role: 'user', content: [{ type: 'text', text: `${PLANTED} in ${bench.home}/work` }] }],
      }),
    })
    await answer.text()
  }
})
afterAll(() => bench.close())

describe('the page', () => {
  it('holds the conversation as text, and no script but its own', async () => {
    const { code, stdout } = await bench.run(['trace', 'export', '0199cccc'])
    expect(code).toBe(0)
    expect(stdout).toContain('&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=')
    expect(stdout).toContain('You are planted.')
    expect(stdout.match(/<script/g)).toHaveLength(1)
    expect(stdout).not.toMatch(/<img|\son\w+="|(?:src|href)="(?!#turn-\d+")/)
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toMatch(/<div class="part assistant">.*<p class="text">[^<]+/)
    const [, style = '', script = ''] = /<style>(.*?)<\/style>.*<script>(.*?)<\/script>/s.exec(stdout) ?? []
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(stdout)?.[1] ?? ''
    for (const [what, text] of [
      ['style-src', style],
      ['script-src', script],
    ] as const) {
      const hash = createHash('sha256').update(text).digest('base64')
      expect(policy).toContain(`${what} &#39;sha256-${hash}&#39;`)
    }
    expect(policy).toMatch(/^default-src &#39;none&#39;;/)
  })

  it('is written for its owner alone, and says that someone should read it first', async () => {
    const { stdout, stderr } = await bench.run(['trace', 'export', '0199cccc', '-o', 'page.html'])
    const file = join(bench.home, 'page.html')
    expect(stdout).toMatch(/^Wrote .*page\.html: 2 requests, \d+\.\d KB\.\n$/)
    expect(stderr).toContain('Read it before you give it away')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toMatch(/<\/html>\n$/)
  })
})

describe('every format', () => {
  it.each(['html', 'har', 'jsonl'])('%s holds no secret and not where the user lives', async (format) => {
    const { code, stdout } = await bench.run(['trace', 'export', '0199cccc', '--format', format])
    expect(code).toBe(0)
    expect(stdout).toContain('[removed]')
    expect(stdout).toContain('~/work')
    expect(stdout).not.toContain('a1B2c3D4')
    expect(stdout).not.toContain(bench.home)
  })

  it('har is an HTTP Archive 1.2, with the address of the hub that ran', async () => {
    const { stdout } = await bench.run(['trace', 'export', '0199cccc', '--format', 'har'])
    const { log } = harSchema.parse(parseJson(stdout))
    expect(log.creator.name).toBe('axonhub')
    const address = await addressOf(bench)
    expect(log.entries.map(({ request }) => request.url)).toEqual([
      `${address}/anthropic/v1/messages`,
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/.*v1\/messages$/),
      `${address}/anthropic/v1/messages`,
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/.*v1\/messages$/),
    ])
    expect(log.entries.map(({ response }) => response.status)).toEqual([200, 200, 200, 200])
  })

  it('jsonl has a request on each line, with the texts of its bodies', async () => {
    const { stdout } = await bench.run(['trace', 'export', '0199cccc', '--format', 'jsonl'])
    const lines = stdout.trimEnd().split('\n').map(parseJson)
    expect(lines).toHaveLength(2)
    for (const line of lines) {
      expect(line).toMatchObject({
        agent: 'claude-code',
        outcome: 'completed',
        texts: expect.arrayContaining([
          { which: 'request', attempt: 0, text: expect.stringContaining('planted') },
        ]),
      })
    }
  })
})

describe('a key that the hub came to know later', () => {
  const KEY = 'battery-staple-horse-4711'
  let later: Bench
  const config = (key: string) =>
    `server: { port: 0 }\nchannels:\n  - { name: own, endpoints: { openai-chat: "http://127.0.0.1:9" }${key} }\n`

  beforeAll(async () => {
    later = makeBench()
    later.write('../hub/config.yml', config(''))
    await later.run(['serve', '--detach'])
    const key = await keyOf(later)
    const answer = await fetch(`${await addressOf(later)}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'ah-trace-id': 'at-later',
      },
      body: JSON.stringify({
        model: 'm',
        messages: [{ role: 'user', content: `${'long '.repeat(30_000)}use ${KEY} for it` }],
      }),
    })
    await answer.text()
    later.write('../hub/config.yml', `${config(`, api_key: "${KEY}"`)}keys:\n  default: {}\n`)
    const log = () => readFileSync(join(later.hub, 'log', 'axonhub.log'), 'utf8')
    // Once for the key, once for this.
    await until(() => log().split('config.reloaded').length > 2, 15_000)
  })
  afterAll(() => later.close())

  it.each(['html', 'har', 'jsonl'])('is not in %s, wherever it stands', async (format) => {
    const { stdout } = await later.run(['trace', 'export', 'at-later', '--format', format])
    expect(stdout).toContain('use [removed]')
    expect(stdout).not.toContain(KEY)
  })

  it('is not in what is exported without a hub to ask', async () => {
    await later.run(['stop'])
    const { code, stdout } = await later.run(['trace', 'export', 'at-later', '--format', 'jsonl'])
    expect(code).toBe(0)
    expect(stdout).toContain('use [removed]')
    expect(stdout).not.toContain(KEY)
  })
})
