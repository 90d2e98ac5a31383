// A hub with a ChatGPT plan behind a provider on loopback, and turns of Codex through it.

import type { TestHub } from '../support/hub.js'
import type { Reply } from './asked-server.js'

const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  model: 'gpt-6.1-sol',
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
}
const MESSAGE = {
  type: 'message',
  id: 'm',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'hi', annotations: [] }],
}

/** A whole answer as a stream of the Responses API. */
export function answered(headers: Record<string, string> = {}): Reply {
  const events = [
    { type: 'response.created', response: { ...RESPONSE, status: 'in_progress', output: [] } },
    { type: 'response.completed', response: { ...RESPONSE, status: 'completed', output: [MESSAGE] } },
  ]
  return {
    headers: { 'content-type': 'text/event-stream', ...headers },
    body: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''),
  }
}

/** Headers of the plan: what is used of five hours, which reset in so many ms. */
export function used(percent: number, resetInMs: number): Record<string, string> {
  return {
    'x-codex-primary-used-percent': String(percent),
    'x-codex-primary-window-minutes': '300',
    'x-codex-primary-reset-at': String((Date.now() + resetInMs) / 1000),
  }
}

/** `codex` before `spare`, which is paid by a key. */
export function planAndSpare(url: string, more = ''): string {
  return `
provider_quota: { check_interval: off }
channels:
  - name: codex
    provider: codex
    models: ["*"]
    endpoints: { openai-responses: "${url}/backend-api/codex" }
  - name: spare
    endpoints: { openai-responses: "${url}/spare" }
    api_key: sk-spare
    models: ["*"]
    priority: 1
${more}`
}

export type Turn = { readonly session?: string; readonly account?: string; readonly loop?: boolean }

const PROMPT = { role: 'user', content: [{ type: 'input_text', text: 'hello' }] }
const LOOP = [
  { type: 'function_call', call_id: 'c', name: 'shell', arguments: '{}' },
  { type: 'function_call_output', call_id: 'c', output: 'done' },
]

/** One request of Codex; resolves when its answer is over. `loop`: it brings the result of a tool. */
export async function turn(hub: TestHub, { session = 's-1', account = 'acc-1', loop = false }: Turn = {}) {
  const answer = await hub.post(
    '/v1/responses',
    { model: 'gpt-6.1-sol', stream: true, input: loop ? [PROMPT, ...LOOP] : [PROMPT] },
    {
      'x-axonhub-key': hub.key,
      authorization: 'Bearer the-login',
      'chatgpt-account-id': account,
      originator: 'codex_cli_rs',
      'user-agent': 'codex_cli_rs/0.160.0',
      'session-id': session,
    },
  )
  await answer.text()
}

/** `plan` or `spare`, by the path that was asked. */
export const askedOf = (path: string | undefined) => (path?.startsWith('/spare') === true ? 'spare' : 'plan')
