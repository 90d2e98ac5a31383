// Some conversations of both agents, in the protocols and with the marks that the agents send: what the pictures show.

const TESTS = 'Make the tests of the parser pass'
const REVIEW = 'Review the retry logic for races'
const DOCS = 'Explain how the cache key is made'
const TITLE = 'Write a title of at most six words'
const LINTER = 'Update the linter and mend what it finds'
const STREAM = 'Why does the stream stall after a tool call?'
const EXPLORE = 'Find every caller of openStore'

/** What is answered, by a part of what was asked; a turn for each result that came back. */
export const SCRIPTS = [
  {
    asked: DOCS,
    turns: [
      {
        thinking: 'The key is a hash over the normalised request. I should name the parts in their order.',
        text: 'The cache key is made of three parts: the model, the tools in the order they were sent, and the messages up to the last breakpoint. Whatever changes one of them begins a new entry.',
        fresh: 640,
        cached: 18_400,
        output: 212,
      },
    ],
  },
  {
    asked: EXPLORE,
    turns: [
      {
        thinking: 'A search over the sources will do.',
        tool: { id: 'call_e', name: 'Grep', input: { pattern: 'openStore\\(', path: 'src' } },
        fresh: 900,
        cached: 9_800,
        output: 88,
      },
      {
        text: 'Six callers: the recorder, two commands, and three tests. All of them close what they open.',
        fresh: 1_400,
        cached: 10_700,
        output: 64,
        paceMs: 900,
      },
    ],
  },
  {
    asked: TESTS,
    turns: [
      {
        thinking: 'I look at the failing test first, then at the parser.',
        text: 'I run the tests of the parser.',
        tool: { id: 'call_1', name: 'Bash', input: { command: 'npm test -- parser' } },
        fresh: 2_100,
        cached: 41_200,
        output: 164,
      },
      {
        thinking: 'One test fails: an escaped quote at the end of a line is read as its end.',
        text: 'An escaped quote at the end of a line ends the string too early. I correct the scanner.',
        tool: {
          id: 'call_2',
          name: 'Edit',
          input: { file_path: 'src/parser/scan.ts', old_string: 'a', new_string: 'b' },
        },
        fresh: 1_350,
        cached: 43_300,
        output: 391,
      },
      {
        text: 'All 214 tests pass now. The scanner asks whether the backslash before the quote is itself escaped, and a new test holds that down for one, two and three of them. Nothing else in the module was touched; the other callers of the scanner read complete lines and never meet this case.',
        fresh: 980,
        cached: 44_900,
        output: 268,
        paceMs: 700,
      },
    ],
  },
  {
    asked: REVIEW,
    turns: [
      {
        thinking: 'Two timers may fire for one request. I read the file.',
        tool: { id: 'call_r', name: 'shell', input: { command: ['sed', '-n', '1,120p', 'src/retry.ts'] } },
        fresh: 3_900,
        cached: 22_000,
        output: 140,
      },
      {
        thinking: 'The abort listener is added after the first attempt began; there is a window.',
        text: 'There is one race: the abort listener is added after the first attempt has begun, so a request that is canceled in between is tried once more. Add the listener first, and take it away in the same place where the timer is cleared. The back-off itself is sound.',
        fresh: 2_600,
        cached: 25_900,
        output: 590,
        paceMs: 800,
      },
    ],
  },
  {
    asked: STREAM,
    turns: [
      {
        thinking: 'A tool call without a result keeps the turn open. I look at the loop that waits.',
        text: 'It waits for an event that never comes when the tool was refused: the refusal ends the call, not the turn. Send the end of the turn in that branch too.',
        fresh: 1_210,
        cached: 14_300,
        output: 188,
      },
    ],
  },
  {
    asked: TITLE,
    turns: [{ text: '{"title": "Fix the string scanner"}', fresh: 310, cached: 0, output: 12 }],
  },
]

const TOOLS = [
  { name: 'Bash', description: 'Runs a command', input_schema: { type: 'object', properties: {} } },
]
const CODEX_TOOLS = [
  {
    type: 'function',
    name: 'shell',
    description: 'Runs a command',
    parameters: { type: 'object', properties: {} },
  },
]

/** The `data:` objects of an event stream. */
async function* events(response) {
  let rest = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) if (text.startsWith('data: {')) yield JSON.parse(text.slice(6))
  }
}

async function post({ url, key }, path, headers, body) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-axonhub-key': key, ...headers },
    body: JSON.stringify({ ...body, stream: true }),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return response
}

async function claudeTurn(hub, headers, body) {
  const blocks = []
  for await (const event of events(await post(hub, '/anthropic/v1/messages', headers, body))) {
    if (event.type === 'content_block_start') blocks[event.index] = { ...event.content_block, json: '' }
    if (event.type !== 'content_block_delta') continue
    const block = blocks[event.index]
    const { text, thinking, signature, partial_json: json } = event.delta
    if (text !== undefined) block.text += text
    if (thinking !== undefined) block.thinking += thinking
    if (signature !== undefined) block.signature = signature
    if (json !== undefined) block.json += json
  }
  return blocks.map(({ json, ...block }) =>
    block.type === 'tool_use' ? { ...block, input: JSON.parse(json) } : block,
  )
}

const RESULTS = ['1 failed, 213 passed', 'The file was changed.']

/** As Claude Code asks: until no tool is called any more. `agent`: of a subagent. */
async function claude(hub, { session, model, question, agent }) {
  const headers = {
    'anthropic-version': '2023-06-01',
    // The login of a plan goes to the channel that forwards it, here a loopback address.
    authorization: 'Bearer sk-ant-oat01-picture',
    'user-agent': 'claude-cli/2.1.328 (external, cli)',
    'x-claude-code-session-id': session,
    ...(agent === undefined ? {} : { 'x-claude-code-agent-id': agent }),
  }
  const turns = [{ role: 'user', content: question }]
  for (let number = 0; number < 4; number += 1) {
    const body = { model, max_tokens: 4_000, tools: TOOLS, messages: turns }
    const answer = await claudeTurn(hub, headers, body)
    const calls = answer.filter(({ type }) => type === 'tool_use')
    if (calls.length === 0) return
    const results = calls.map(({ id }) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: RESULTS[number] ?? 'done',
    }))
    turns.push({ role: 'assistant', content: answer }, { role: 'user', content: results })
  }
}

/** As Codex asks. */
async function codex(hub, { session, model, question }) {
  const headers = { 'user-agent': 'codex_cli_rs/0.169.0', originator: 'codex_cli_rs', 'session-id': session }
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: question }] }]
  for (let number = 0; number < 4; number += 1) {
    const items = []
    const body = { model, instructions: 'You are a coding agent.', input, tools: CODEX_TOOLS, store: false }
    for await (const event of events(await post(hub, '/v1/responses', headers, body))) {
      if (event.type === 'response.output_item.done') items.push(event.item)
    }
    const calls = items.filter(({ type }) => type === 'function_call')
    if (calls.length === 0) return
    const results = calls.map(({ call_id: id }) => ({
      type: 'function_call_output',
      call_id: id,
      output: '120 lines',
    }))
    input.push(...items, ...results)
  }
}

const session = (digit) => `0199f3c2-7a41-7c3e-9d20-${String(digit).repeat(12)}`

/** What makes up the last weeks: one small request each. */
export async function oldTraffic(hub, count) {
  let left = count
  const lane = async () => {
    while (left > 0) {
      left -= 1
      const number = left
      await claude(hub, { session: session(1), model: 'claude-opus-5-5', question: DOCS })
      if (number % 2 === 0)
        await claude(hub, { session: session(3), model: 'claude-haiku-5', question: TITLE })
      if (number % 3 !== 1) await codex(hub, { session: session(2), model: 'gpt-6.1-sol', question: REVIEW })
    }
  }
  await Promise.all(Array.from({ length: 5 }, lane))
}

/** What is over when the pictures are taken. */
export async function pastTraffic(hub) {
  await claude(hub, { session: session(1), model: 'claude-opus-5-5', question: DOCS })
  await claude(hub, { session: session(3), model: 'claude-haiku-5', question: TITLE })
  await codex(hub, { session: session(7), model: 'gpt-6.1-sol', question: STREAM })
  // Its channel is busy: the hub says so, and Codex would ask again.
  await codex(hub, { session: session(4), model: 'gpt-6.1-mini', question: LINTER }).catch(() => undefined)
}

/** What still runs then: resolves when it is over. */
export function presentTraffic(hub) {
  return Promise.all([
    claude(hub, { session: session(5), model: 'claude-opus-5-5', question: TESTS }),
    claude(hub, { session: session(5), model: 'claude-haiku-5', question: EXPLORE, agent: 'explore-1' }),
    codex(hub, { session: session(6), model: 'gpt-6.1-sol', question: REVIEW }),
  ])
}
