// A conversation at a terminal: all that was said, in lines that fit, and nothing in it can drive the terminal.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { widthOf } from '../../src/cli/table.js'
import { addressOf, type Bench, keyOf, makeBench } from '../cli/bench.js'
import { type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'

/** Each of them does something to a terminal, or to the order in which a line is read. */
const DRIVERS: Record<string, string> = {
  'an escape sequence': '\u001b[31m',
  'a title': '\u001b]0;owned\u0007',
  'a link': '\u001b]8;;https://evil.example\u001b\\',
  'the clipboard': '\u001b]52;c;ZXZpbA==\u0007',
  'a C1 sequence': '\u009b31m',
  'a C1 string': '\u009d52;c;ZXZpbA==\u009c',
  'a carriage return': 'good\rbad',
  'a backspace': 'rm\b\b',
  'a line separator': 'one\u2028two',
  'an override of the direction': '\u202etxt.exe',
  'an isolate': '\u2067abc\u2069',
  'a mark of the direction': '\u200f',
  tags: '\u{e0041}\u{e0042}',
  'a delete': '\u007f',
}
const EVIL = Object.values(DRIVERS).join('|')
const DRIVING = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u

const SESSION = '0199ffff-1111-7222-8333-444455556666'
let bench: Bench
let upstream: RawUpstream
let address: string
let key: string

const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [
    {
      index: 0,
      finish_reason: 'tool_calls',
      message: {
        role: 'assistant',
        reasoning_content: `thinking ${EVIL} about it`,
        content: `I see ${EVIL} and ${'many words '.repeat(120)}the end`,
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'Bash', arguments: JSON.stringify({ command: `ls ${EVIL}` }) },
          },
        ],
      },
    },
  ],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
}

const user = (content: unknown) => ({ role: 'user', content })
const HISTORY = [
  user(`How many files? ${EVIL}`),
  {
    role: 'assistant',
    content: [{ type: 'tool_use', id: 'call_1', name: 'Bash', input: { command: 'ls' } }],
  },
  user([
    { type: 'tool_result', tool_use_id: 'call_1', content: `one\ntwo\nthree ${EVIL}\nfour\nfive\nsix` },
    { type: 'text', text: '<system-reminder>added by the agent</system-reminder>' },
  ]),
]

async function ask(
  messages: unknown,
  model = `m${EVIL}`,
  headers: Record<string, string> = {},
): Promise<string> {
  const reply = await fetch(`${address}/anthropic/v1/messages`, {
    method: 'POST',
    headers: {
      'x-api-key': key,
      'content-type': 'application/json',
      'user-agent': 'claude-cli/2.1.328 (external, cli)',
      'x-claude-code-session-id': SESSION,
      ...headers,
    },
    body: JSON.stringify({ model, max_tokens: 9, system: `Primary working directory: /w/${EVIL}`, messages }),
  })
  await reply.text()
  return reply.headers.get('ah-request-id') ?? ''
}

const ids: string[] = []
beforeAll(async () => {
  upstream = await rawUpstream((response, { body }) =>
    body.includes('"model":"broken')
      ? sendJson(response, { error: { message: EVIL } }, 400)
      : sendJson(response, answer),
  )
  bench = makeBench()
  bench.write(
    '../hub/config.yml',
    `channels:\n  - { name: own, endpoints: { openai-chat: "${upstream.url}" } }\n`,
  )
  await bench.run(['serve', '--detach'])
  key = await keyOf(bench)
  address = await addressOf(bench)
  ids.push(await ask(HISTORY.slice(0, 1)), await ask(HISTORY), await ask([user('no')], 'broken'))
})
afterAll(async () => {
  await bench.close()
  await upstream.close()
})

describe('a conversation', () => {
  it('is told with what was said: words, thinking folded, calls with their results', async () => {
    const { stdout, stderr, code } = await bench.run(['trace', 'show', SESSION])
    expect(code).toBe(0)
    expect(stdout).toMatch(/\n {2}> How many files\?/)
    expect(stdout).toMatch(/\n {6}thinking, \d+ words: thinking /)
    expect(stdout).toMatch(/\n {6}I see /)
    expect(stdout).toMatch(/\n {6}… 1\.\dk characters in all \(--full\)/)
    expect(stdout).toMatch(/\n {6}→ Bash command: ls /)
    expect(stdout).toMatch(/\n {8}⎿ one\n {10}two\n {10}three/)
    expect(stdout).not.toContain('added by the agent')
    expect(stderr).toBe('')
    expect(stdout.split('\n').filter((line) => widthOf(line) > 80)).toEqual([])
  })

  it('is told whole with --full, and as figures alone with --brief', async () => {
    const [full, brief] = await Promise.all([
      bench.run(['trace', 'show', SESSION, '--full']),
      bench.run(['trace', 'show', SESSION, '--brief']),
    ])
    expect(full.stdout).toContain('the end')
    expect(full.stdout).toMatch(/\n {10}six/)
    expect(brief.stdout).not.toContain('I see')
    expect(brief.stdout).toContain('10 in, 5 out')
  })
})

it('a request by its id is told with what was asked and answered', async () => {
  const { stdout } = await bench.run(['trace', 'show', ids[1] ?? ''])
  expect(stdout).toMatch(/^Request of trace /)
  expect(stdout).toMatch(/\n {6}I see /)
  expect(stdout).toMatch(/\n {6}→ Bash /)
})

describe('a subagent', () => {
  it('stands beside the conversation as a branch, with what it was asked', async () => {
    const marks = { 'x-claude-code-session-id': 'at-branch' }
    await ask([user('look into it')], 'm', marks)
    await ask([user('find the parser')], 'm', { ...marks, 'x-claude-code-agent-id': 'explorer-1' })
    const { stdout } = await bench.run(['trace', 'show', 'at-branch'])
    expect(stdout).toMatch(/\n {2}> look into it\n {2}✓ /)
    expect(stdout).toMatch(/\n {2}├ subagent explorer-1\n {2}│ {3}> find the parser\n {2}│ {3}✓ /)
    expect(stdout).toMatch(/\n {2}│ {7}→ Bash /)
    expect(stdout.split('\n').filter((line) => widthOf(line) > 80)).toEqual([])
  })
})

describe('nothing that was said drives the terminal', () => {
  it.each([
    ['trace show', () => ['trace', 'show', SESSION]],
    ['trace show --full', () => ['trace', 'show', SESSION, '--full']],
    ['trace show of a request', () => ['trace', 'show', ids[2] ?? '']],
    ['trace show --wire', () => ['trace', 'show', ids[1] ?? '', '--wire']],
    ['trace show --wire of a failure', () => ['trace', 'show', ids[2] ?? '', '--wire']],
    ['trace list', () => ['trace', 'list']],
    ['trace list --text', () => ['trace', 'list', '--text', 'many']],
    ['trace replay', () => ['trace', 'replay', ids[0] ?? '']],
    ['usage', () => ['usage', '--by', 'trace']],
  ])('in %s', async (_name, args) => {
    const { stdout, stderr } = await bench.run(args())
    expect(stdout).not.toBe('')
    expect(DRIVING.exec(stdout + stderr)).toBeNull()
  })

  it('in trace tail', async () => {
    const tail = bench.start(['trace', 'tail'])
    await tail.shows(/Watching/)
    await ask(HISTORY.slice(0, 1))
    await ask([user('no')], 'broken')
    await tail.shows(/✗/)
    tail.child.kill('SIGINT')
    const { stdout, stderr } = await tail.ended
    expect(DRIVING.exec(stdout + stderr)).toBeNull()
  })
})
