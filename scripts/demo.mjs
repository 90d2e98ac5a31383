// `npm run demo`: the main job in some seconds, with no key and no network. Starts a hub with its demo upstream in a
// temporary home, asks it in each protocol as agents do, shows what was recorded, and takes everything away again.
// Uses only what a user has: the command and HTTP.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const bin = fileURLToPath(new URL('../bin/axonhub.js', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'axonhub-demo-'))
const run = promisify(execFile)
const WIDTH = 76
const colour = process.stdout.isTTY && !process.env['NO_COLOR']

const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
const bold = (text) => paint(1, text)
const dim = (text) => paint(2, text)
const write = (text) => process.stdout.write(text)
const line = (text = '') => write(`${text}\n`)

/** Runs the command in the demo's home; resolves to what it printed. */
async function axonhub(...args) {
  const { stdout } = await run(process.execPath, [bin, ...args], {
    env: { ...process.env, AXONHUB_HOME: home, NO_COLOR: '1' },
  })
  return stdout.trimEnd()
}

/** Writes words as they come, in lines of the page's width; `style` paints them. */
function flowing(indent, style = (text) => text) {
  let column = 0
  let held = ''
  const put = (word) => {
    const fits = column === 0 || column + word.length <= WIDTH - indent.length
    const shown = column === 0 || !fits ? word.trimStart() : word
    if (column === 0) write(indent)
    else if (!fits) write(`\n${indent}`)
    column = (fits ? column : 0) + shown.length
    write(style(shown))
  }
  return {
    write(text) {
      held += text
      for (let word = /^\s*\S+(?=\s)/.exec(held); word !== null; word = /^\s*\S+(?=\s)/.exec(held)) {
        put(word[0])
        held = held.slice(word[0].length)
      }
    },
    end() {
      if (held.trim() !== '') put(held.trimEnd())
      line()
    },
  }
}

/** The `data:` objects of an event stream. */
async function* events(response) {
  let rest = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) if (text.startsWith('data: {')) yield JSON.parse(text.slice(6))
  }
}

async function ask({ url, key, path, headers, body }) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({ ...body, stream: true }),
  })
  if (response.ok) return response
  throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
}

function heading(protocol, path, model, question) {
  line(`  ${bold(protocol)}  ${dim(`POST ${path}  ${model}`)}`)
  line(`    ${dim('you')}  ${question}`)
}

/** As any tool that speaks to OpenAI's older API. */
async function chat(hub) {
  const question = 'What are you?'
  heading('OpenAI Chat Completions', '/v1/chat/completions', 'gpt-5', question)
  const body = {
    model: 'gpt-5',
    messages: [{ role: 'user', content: question }],
    stream_options: { include_usage: true },
  }
  const words = flowing('    ')
  for await (const event of events(await ask({ ...hub, path: '/v1/chat/completions', body }))) {
    words.write(event.choices?.[0]?.delta?.content ?? '')
  }
  words.end()
  line()
}

/** As Codex asks. */
async function responses(hub) {
  const question = 'Which model answers here?'
  heading('OpenAI Responses, as Codex', '/v1/responses', 'gpt-6.1-sol', question)
  const headers = { 'user-agent': 'codex_cli_rs/0.169.0', 'session-id': crypto.randomUUID() }
  const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: question }] }]
  const words = flowing('    ')
  const body = { model: 'gpt-6.1-sol', input, store: false }
  for await (const event of events(await ask({ ...hub, path: '/v1/responses', headers, body }))) {
    if (event.type === 'response.output_text.delta') words.write(event.delta)
  }
  words.end()
  line()
}

/** One answer of the Messages API: shown while it streams, and given back as the blocks of the assistant's turn. */
async function messagesTurn(hub, headers, body) {
  const blocks = []
  let words
  for await (const event of events(await ask({ ...hub, path: '/anthropic/v1/messages', headers, body }))) {
    if (event.type === 'content_block_start') {
      blocks[event.index] = { ...event.content_block, json: '' }
      words =
        event.content_block.type === 'tool_use'
          ? undefined
          : flowing('    ', event.content_block.type === 'text' ? undefined : dim)
    }
    if (event.type === 'content_block_delta') {
      const { text, thinking, signature, partial_json: json } = event.delta
      const block = blocks[event.index]
      words?.write(text ?? (thinking === undefined ? '' : thinking))
      if (text !== undefined) block.text += text
      if (thinking !== undefined) block.thinking += thinking
      if (signature !== undefined) block.signature = signature
      if (json !== undefined) block.json += json
    }
    if (event.type === 'content_block_stop') words?.end()
  }
  return blocks.map(({ json, ...block }) =>
    block.type === 'tool_use' ? { ...block, input: JSON.parse(json) } : block,
  )
}

/** As Claude Code asks: with a tool, whose result goes back for the final answer. */
async function messages(hub) {
  const question = 'Greet me from the shell'
  heading('Anthropic Messages, as Claude', '/anthropic/v1/messages', 'claude-opus-5-5', question)
  const headers = {
    'anthropic-version': '2023-06-01',
    'user-agent': 'claude-cli/2.1.328 (external, cli)',
    'x-claude-code-session-id': crypto.randomUUID(),
  }
  const schema = { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] }
  const first = {
    model: 'claude-opus-5-5',
    max_tokens: 1000,
    tools: [{ name: 'Bash', description: 'Runs a command', input_schema: schema }],
    messages: [{ role: 'user', content: question }],
  }
  const turn = await messagesTurn(hub, headers, first)
  const results = []
  for (const call of turn.filter((block) => block.type === 'tool_use')) {
    line(`    ${dim('tool')} ${call.name} ${call.input.command}`)
    // The demo model only ever asks for an echo; it is answered here, not run.
    const said = /^echo "(.*)"$/.exec(call.input.command)?.[1] ?? 'done'
    line(`    ${dim('gave')} ${said}`)
    results.push({ type: 'tool_result', tool_use_id: call.id, content: said })
  }
  const history = [
    ...first.messages,
    { role: 'assistant', content: turn },
    { role: 'user', content: results },
  ]
  await messagesTurn(hub, headers, { ...first, messages: history })
  line()
}

async function demo() {
  line(bold('axonhub in some seconds: no key, no network, nothing left behind'))
  line()
  await axonhub('serve', '--demo', '--detach', '--port', '0')
  const { host, port } = JSON.parse(await axonhub('status', '--json'))
  const hub = { url: `http://${host}:${port}`, key: await axonhub('token') }
  line(`${bold('1. The hub runs')}  ${hub.url}  ${dim('axonhub serve --demo')}`)
  line()
  line(bold('2. One hub, every protocol'))
  line()
  await chat(hub)
  await responses(hub)
  await messages(hub)
  line(`${bold('3. Everything is recorded')}  ${dim('axonhub trace list')}`)
  line()
  line(await axonhub('trace', 'list'))
  line()
  line(bold('4. Your turn'))
  line()
  line('  npm link                   puts "axonhub" on your PATH')
  line('  axonhub channel add        a provider that answers')
  line('  axonhub serve --detach     the hub')
  line('  axonhub init               connects Codex and Claude Code')
  line('  codex, claude              as always; "axonhub undo" takes it back')
}

async function cleanUp() {
  await axonhub('stop').catch(() => undefined)
  rmSync(home, { recursive: true, force: true })
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void cleanUp().then(() => process.exit(130)))
}

try {
  await demo()
} finally {
  await cleanUp()
}
