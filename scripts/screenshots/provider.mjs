// A provider on the loopback for pictures: it speaks Messages and Chat Completions, says what it is told to say at a human
// pace, and sends the usage and the quota headers of a plan. What it says is a script, so every picture tells the same.

import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const words = (text) => text.match(/\S+\s*/g) ?? []

/** What the answer to the newest question of the user is (traffic.mjs); undefined: it is not in the script. */
function scripted(scripts, body) {
  const text = JSON.stringify(body.messages ?? [])
  const found = scripts.filter(({ asked }) => text.includes(asked))
  const results = text.split('tool_result').length + text.split('"role":"tool"').length - 2
  const script = found.at(-1)
  return script?.turns[Math.min(results, (script?.turns.length ?? 0) - 1)]
}

const sse = (outgoing, event, data) =>
  outgoing.write(`${event === '' ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`)

async function messages(outgoing, body, turn) {
  const usage = {
    input_tokens: turn.fresh,
    cache_read_input_tokens: turn.cached,
    cache_creation_input_tokens: turn.written,
    output_tokens: 1,
  }
  sse(outgoing, 'message_start', {
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: body.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    },
  })
  let index = 0
  const block = async (start, deltas) => {
    sse(outgoing, 'content_block_start', { type: 'content_block_start', index, content_block: start })
    for (const delta of deltas) {
      sse(outgoing, 'content_block_delta', { type: 'content_block_delta', index, delta })
      await turn.pause()
    }
    sse(outgoing, 'content_block_stop', { type: 'content_block_stop', index })
    index += 1
  }
  if (turn.thinking !== undefined) {
    const deltas = words(turn.thinking).map((thinking) => ({ type: 'thinking_delta', thinking }))
    await block({ type: 'thinking', thinking: '', signature: '' }, [
      ...deltas,
      { type: 'signature_delta', signature: 'c2ln' },
    ])
  }
  if (turn.text !== undefined) {
    await block(
      { type: 'text', text: '' },
      words(turn.text).map((text) => ({ type: 'text_delta', text })),
    )
  }
  if (turn.tool !== undefined) {
    const json = JSON.stringify(turn.tool.input)
    await block({ type: 'tool_use', id: turn.tool.id, name: turn.tool.name, input: {} }, [
      { type: 'input_json_delta', partial_json: json },
    ])
  }
  const stop = turn.tool === undefined ? 'end_turn' : 'tool_use'
  sse(outgoing, 'message_delta', {
    type: 'message_delta',
    delta: { stop_reason: stop, stop_sequence: null },
    usage: { output_tokens: turn.output },
  })
  sse(outgoing, 'message_stop', { type: 'message_stop' })
}

async function chat(outgoing, body, turn) {
  const chunk = (delta, finish = null) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: body.model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  for (const text of words(turn.thinking ?? '')) {
    sse(outgoing, '', chunk({ reasoning_content: text }))
    await turn.pause()
  }
  for (const text of words(turn.text ?? '')) {
    sse(outgoing, '', chunk({ content: text }))
    await turn.pause()
  }
  if (turn.tool !== undefined) {
    const call = { name: turn.tool.name, arguments: JSON.stringify(turn.tool.input) }
    sse(
      outgoing,
      '',
      chunk({ tool_calls: [{ index: 0, id: turn.tool.id, type: 'function', function: call }] }),
    )
  }
  sse(outgoing, '', chunk({}, turn.tool === undefined ? 'stop' : 'tool_calls'))
  sse(outgoing, '', {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: body.model,
    choices: [],
    usage: {
      prompt_tokens: turn.fresh + turn.cached,
      completion_tokens: turn.output,
      total_tokens: turn.fresh + turn.cached + turn.output,
      prompt_tokens_details: { cached_tokens: turn.cached },
    },
  })
  outgoing.write('data: [DONE]\n\n')
}

/** The rest of the path below `/v1`, whatever stands before it. */
function pathBelow(path) {
  const [known] = /\/(chat\/completions|messages(\/count_tokens)?|models)$/.exec(path) ?? ['']
  return `/v1${known}`
}

async function forwarded(outgoing, url, body) {
  const answer = await fetch(url, {
    ...(body === '' ? {} : { method: 'POST', body }),
    headers: { 'content-type': 'application/json' },
  })
  outgoing.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
  for await (const piece of answer.body) outgoing.write(piece)
  outgoing.end()
}

/** What a plan tells with each answer: two windows, in the headers that its maker sends. */
function planHeaders({ fiveHours, week, resetsIn }) {
  const at = (hours) => String(Math.floor(Date.now() / 1000 + hours * 3600))
  return {
    'anthropic-ratelimit-unified-status': 'allowed',
    'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    'anthropic-ratelimit-unified-5h-utilization': String(fiveHours),
    'anthropic-ratelimit-unified-5h-reset': at(resetsIn),
    'anthropic-ratelimit-unified-5h-status': 'allowed',
    'anthropic-ratelimit-unified-7d-utilization': String(week),
    'anthropic-ratelimit-unified-7d-reset': at(75),
    'anthropic-ratelimit-unified-7d-status': 'allowed',
  }
}

/** `scripts`: what is said to whom; `plan()`: the shares that are used by now; `hurry()`: without pauses;
 * `elsewhere`: the base URL of who answers what is in no script. */
export async function startProvider({ scripts, plan, hurry, elsewhere }) {
  const serve = async (incoming, outgoing) => {
    const pieces = []
    for await (const piece of incoming) pieces.push(piece)
    const text = Buffer.concat(pieces).toString('utf8')
    const path = incoming.url ?? ''
    outgoing.on('error', () => undefined)
    if (path === '/user/balance') {
      outgoing.writeHead(200, { 'content-type': 'application/json' })
      const balance = {
        currency: 'USD',
        total_balance: '14.20',
        granted_balance: '0.00',
        topped_up_balance: '14.20',
      }
      outgoing.end(JSON.stringify({ is_available: true, balance_infos: [balance] }))
      return
    }
    if (path.endsWith('/users/me/balance')) {
      outgoing.writeHead(200, { 'content-type': 'application/json' })
      const data = { available_balance: 3.61, voucher_balance: 0, cash_balance: 3.61 }
      outgoing.end(JSON.stringify({ code: 0, data, status: true }))
      return
    }
    if (path.startsWith('/busy')) {
      outgoing.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1020' })
      outgoing.end('{"error":{"message":"Rate limit reached for this key"}}')
      return
    }
    if (path.startsWith('/broken')) {
      outgoing.writeHead(502, { 'content-type': 'text/plain' }).end('bad gateway')
      return
    }
    const body = text === '' ? {} : JSON.parse(text)
    const isPlan = path.startsWith('/plan')
    const said = scripted(scripts, body)
    if (said === undefined) {
      await forwarded(outgoing, elsewhere + pathBelow(path), text)
      return
    }
    const pause = () => (hurry() ? undefined : sleep(said.paceMs ?? 20))
    const turn = { written: isPlan ? said.fresh : 0, pause, ...said }
    await sleep(hurry() ? 120 + Math.round(Math.random() * 500) : 300)
    outgoing.writeHead(200, {
      'content-type': 'text/event-stream',
      ...(isPlan ? planHeaders(plan()) : {}),
    })
    await (path.endsWith('/messages') ? messages(outgoing, body, turn) : chat(outgoing, body, turn))
    outgoing.end()
  }
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy())
  })
  // The same address in every picture, where it is free.
  const listen = (port) =>
    new Promise((resolve, reject) =>
      server.once('error', reject).listen({ host: '127.0.0.1', port }, resolve),
    )
  await listen(8081).catch(() => listen(0))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
