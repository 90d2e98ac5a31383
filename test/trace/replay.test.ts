// `trace replay` and the filters of `trace list`, as a person at a terminal meets them.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { widthOf } from '../../src/cli/table.js'
import { addressOf, type Bench, keyOf, makeBench, member, printed } from '../cli/bench.js'
import { type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'

let bench: Bench
let upstream: RawUpstream
let isSlow = false
let id = ''

const answerOf = (model: string) => ({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model,
  choices: [
    {
      index: 0,
      finish_reason: 'tool_calls',
      message: {
        role: 'assistant',
        content: `This is what ${model} has to say. ${'文件 and words '.repeat(20)}`,
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'Bash', arguments: JSON.stringify({ command: `ls ${model}` }) },
          },
        ],
      },
    },
  ],
  usage: { prompt_tokens: 1000, completion_tokens: model.length, total_tokens: 1010 },
})

async function ask(model: string, words: string, trace: string): Promise<string> {
  const key = await keyOf(bench)
  const answer = await fetch(`${await addressOf(bench)}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'ah-trace-id': trace },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: words }] }),
  })
  await answer.text()
  return answer.headers.get('ah-request-id') ?? ''
}

beforeAll(async () => {
  upstream = await rawUpstream((response, { body }) => {
    const { model } = JSON.parse(body.toString())
    if (isSlow) return
    if (model === 'broken') sendJson(response, { error: { message: 'no such thing' } }, 400)
    else sendJson(response, answerOf(model))
  })
  bench = makeBench()
  bench.write(
    '../hub/config.yml',
    `channels:
  - { name: own, endpoints: { openai-chat: "${upstream.url}" } }
  - { name: plan, provider: codex, auth: client }
profiles:
  cheap: { mappings: [{ from: "*", to: small, channel: own }] }
`,
  )
  await bench.run(['serve', '--detach'])
  id = await ask('large-model', 'How many files are there in the migration?', 'at-first')
  await ask('broken', 'A question that fails', 'at-second')
})
afterAll(async () => {
  await bench.close()
  await upstream.close()
})
beforeEach(() => {
  isSlow = false
  upstream.seen.length = 0
})

describe('a replay', () => {
  it('shows both answers beside each other in 80 columns, what differs and what does not', async () => {
    const { code, stdout, stderr } = await bench.run([
      'trace',
      'replay',
      id.slice(0, 12),
      '--profile',
      'cheap',
    ])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ +RECORDED +REPLAYED\nanswered by +large-model on own +small on own\n/)
    expect(stdout).toMatch(/\ntokens in +1\.0k +1\.0k +=\n/)
    expect(stdout).toMatch(/\ntokens out +11 +5 +−55 %\n/)
    expect(stdout).toMatch(/\nTool call 1\nBash +│ Bash\ncommand: ls large-model +│ command: ls small\n/)
    expect(stdout).toMatch(/\nThis is what large-model has to say\. +│ This is what small has to say\./)
    expect(stdout.split('\n').filter((line) => widthOf(line) > 80)).toEqual([])
    expect(stderr).toMatch(
      /Sending ar-\w+ again; Ctrl-C stops it\.\nThe replay is request ar-\w+ of trace at-\w+\.\n$/,
    )
  })

  it('is told as JSON, with all of both answers', async () => {
    const json = await bench.json(['trace', 'replay', id, '--model', 'large-model'])
    expect(json).toMatchObject({
      original: { request: id, model: 'large-model', known: true, toolCalls: [{ name: 'Bash' }] },
      replay: {
        channel: 'own',
        text: expect.stringContaining('large-model has to say'),
        toolCalls: [{ name: 'Bash', arguments: '{"command":"ls large-model"}' }],
        usage: { inputFresh: 1000, output: 11 },
        durationMs: expect.any(Number),
      },
      decision: expect.arrayContaining([`replay of ${id}: model large-model, past all mappings`]),
    })
    const list = await bench.run(['trace', 'list', '-n', '1'])
    expect(list.stdout).toContain('↻ How many')
    expect(printed(member(json, 'replay'), 'trace')).not.toBe('at-first')
  })

  it('says when secrets were taken out of what is sent again', async () => {
    const secret = `sk-ant-api03-${'a1B2c3D4'.repeat(6)}`
    const other = await ask('large-model', `My key is ${secret}, use it.`, 'at-secret')
    expect(upstream.seen[0]?.body.toString()).toContain(secret)
    const [again, wire] = await Promise.all([
      bench.run(['trace', 'replay', other]),
      bench.run(['trace', 'show', other, '--wire']),
    ])
    expect(again.stderr).toContain('1 secret taken out of what is recorded: it is sent without it.')
    expect(wire.stdout).toContain('; 1 secret taken out before it was stored')
    expect(upstream.seen[1]?.body.toString()).not.toContain(secret)
  })

  it('ends upstream at Ctrl-C', async () => {
    isSlow = true
    const going = bench.start(['trace', 'replay', id])
    await expect.poll(() => upstream.seen.length, { timeout: 5_000 }).toBe(1)
    going.child.kill('SIGINT')
    const { code, stderr } = await going.ended
    expect(code).toBe(1)
    expect(stderr).toContain('Stopped: the provider was told to end its answer.')
    await expect.poll(() => upstream.seen[0]?.closedAt).toBeTypeOf('number')
  })

  it.each<[string, string[], number, RegExp]>([
    ['an answer that fails', ['--model', 'broken'], 1, /replayed.*no such thing/],
    [
      'a channel with the login of the agent',
      ['--channel', 'plan'],
      4,
      /no credential of an agent is ever stored/,
    ],
    ['a profile that is not there', ['--profile', 'none'], 1, /There is no profile none/],
  ])('tells %s', async (_name, options, code, words) => {
    const told = await bench.run(['trace', 'replay', id, ...options])
    expect(told.code).toBe(code)
    expect(told.stdout + told.stderr).toMatch(words)
  })

  it('wants a request that is there, and a hub that runs', async () => {
    const [unknown, alone] = await Promise.all([
      bench.run(['trace', 'replay', 'ar-ffffffff']),
      makeBench().run(['trace', 'replay', id]),
    ])
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no request ar-ffffffff'),
    })
    expect(alone).toMatchObject({ code: 3, stderr: expect.stringContaining('serve --detach') })
  })
})

describe('the list', () => {
  it.each<[string, string[], string[]]>([
    ['a text', ['--text', 'migration files', '--since', '1h'], ['at-first']],
    ['a model', ['--model', 'BROKEN'], ['at-second']],
    ['a channel and a status', ['--channel', 'own', '--status', 'ok'], ['at-first']],
    ['a status', ['--status', 'failed'], ['at-second']],
    ['a day to come', ['--since', '2199-01-01'], []],
  ])('shows conversations by %s', async (_name, options, expected) => {
    const rows = await bench.json(['trace', 'list', '-n', '50', ...options])
    const ids = Array.isArray(rows) ? rows.map((row) => printed(row, 'id')) : []
    expect(ids.filter((one) => ['at-first', 'at-second'].includes(one))).toEqual(expected)
  })

  it('shows where the words of a search stand, and says so when nothing fits', async () => {
    const [found, none] = await Promise.all([
      bench.run(['trace', 'list', '--text', 'migration']),
      bench.run(['trace', 'list', '--text', 'nowhere-at-all']),
    ])
    expect(found.stdout).toMatch(/\nat-first +asked: .*migration/)
    expect(none.stdout).toContain('No conversation fits.')
    expect(found.stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('is exported to no folder that is not there, and says so', async () => {
    const { code, stderr } = await bench.run(['trace', 'export', 'at-first', '-o', '/nowhere/at/all.html'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('could not be written') })
    expect(stderr).toContain('Name a file in a folder')
  })

  it.each(['yesterday', '2026-02-31', '5'])('does not take %s for a time', async (time) => {
    expect(await bench.run(['trace', 'list', '--since', time])).toMatchObject({ code: 2 })
  })
})
