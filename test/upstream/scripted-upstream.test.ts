// The scripted providers speak their protocols so that the makers' own SDKs understand them, keep their place by
// the history alone, and fail as they are told.

import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects, parseJson } from '../../src/base/json.js'
import { ANTHROPIC } from '../support/upstream/anthropic/provider.js'
import { HTML_PAGE } from '../support/upstream/fault.js'
import { DEEPSEEK_FLAVOUR } from '../support/upstream/openai-chat/flavour.js'
import { openAiChat } from '../support/upstream/openai-chat/provider.js'
import { OPENAI_RESPONSES } from '../support/upstream/openai-responses/provider.js'
import type { Provider } from '../support/upstream/provider.js'
import { HELLO_PROMPT, HELLO_TEXT, SCRIPTS, TASK_PROMPT } from '../support/upstream/task.js'
import { startUpstream, type Upstream } from '../support/upstream/upstream.js'

const running: Upstream[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((upstream) => upstream.close()))
})

async function start(provider: Provider): Promise<Upstream> {
  const upstream = await startUpstream({ provider, scripts: SCRIPTS, folder: '/work', models: ['m-1'] })
  running.push(upstream)
  return upstream
}

const bash = {
  type: 'object' as const,
  properties: { command: { type: 'string' }, description: { type: 'string' } },
}
const write = {
  type: 'object' as const,
  properties: { file_path: { type: 'string' }, content: { type: 'string' } },
}

describe('the scripted providers', () => {
  it('stream Anthropic messages that the SDK reads whole, with a signature that comes back valid', async () => {
    const upstream = await start(ANTHROPIC)
    const client = new Anthropic({ apiKey: 'sk-x', baseURL: upstream.baseUrl, maxRetries: 0 })
    const base = {
      model: 'claude-opus-5-5',
      max_tokens: 1000,
      thinking: { type: 'adaptive' as const },
      tools: [
        { name: 'Write', input_schema: write },
        { name: 'Bash', input_schema: bash },
      ],
    }
    const prompt = { role: 'user' as const, content: TASK_PROMPT }
    const first = await client.messages.stream({ ...base, messages: [prompt] }).finalMessage()
    expect(first.content.map((block) => block.type)).toEqual(['thinking', 'text', 'tool_use'])
    expect(first.stop_reason).toBe('tool_use')
    const use = first.content.find((block) => block.type === 'tool_use')
    expect(use?.input).toMatchObject({ file_path: '/work/notes.txt' })
    const second = await client.messages
      .stream({
        ...base,
        messages: [
          prompt,
          { role: 'assistant', content: first.content },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: use?.id ?? '', content: 'notes.txt written' }],
          },
        ],
      })
      .finalMessage()
    expect(second.content.map((block) => block.type)).toEqual(['thinking'])
    expect(second.usage.cache_read_input_tokens).toBeGreaterThan(0)
    expect(upstream.violations()).toEqual(['#1 no tool was offered that can edit'])
    expect(upstream.steps()).toHaveLength(2)
  })

  it('stream Responses events that the SDK reads whole', async () => {
    const upstream = await start(OPENAI_RESPONSES)
    const client = new OpenAI({ apiKey: 'sk-x', baseURL: upstream.baseUrl, maxRetries: 0 })
    const stream = client.responses.stream({
      model: 'm-1',
      input: HELLO_PROMPT,
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { summary: 'auto' },
    })
    const response = await stream.finalResponse()
    expect(response.output_text).toBe(HELLO_TEXT)
    expect(response.output.map((item) => item.type)).toEqual(['reasoning', 'message'])
    expect(response.usage?.total_tokens).toBe(
      (response.usage?.input_tokens ?? 0) + (response.usage?.output_tokens ?? 0),
    )
    expect(upstream.violations()).toEqual([])
  })

  it('stream chat chunks that the SDK reads whole', async () => {
    const upstream = await start(openAiChat(DEEPSEEK_FLAVOUR))
    const client = new OpenAI({ apiKey: 'sk-x', baseURL: upstream.baseUrl, maxRetries: 0 })
    const completion = await client.chat.completions
      .stream({
        model: 'm-1',
        messages: [{ role: 'user', content: TASK_PROMPT }],
        tools: [{ type: 'function', function: { name: 'Write', parameters: write } }],
        stream_options: { include_usage: true },
      })
      .finalChatCompletion()
    const [choice] = completion.choices
    expect(choice?.finish_reason).toBe('tool_calls')
    expect(
      choice?.message.tool_calls?.map((call) => (call.type === 'function' ? call.function.name : call.type)),
    ).toEqual(['Write'])
    expect(completion.usage?.total_tokens).toBeGreaterThan(0)
    expect(upstream.violations()).toEqual([])
  })

  it('say the same in one body when no stream is asked for', async () => {
    const upstream = await start(openAiChat(DEEPSEEK_FLAVOUR))
    const body = await post(upstream, '/chat/completions', {
      model: 'm-1',
      messages: [{ role: 'user', content: HELLO_PROMPT }],
    })
    expect(objects(body.json, 'choices')[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: HELLO_TEXT, reasoning_content: 'A greeting.' },
    })
  })

  it('answer a refused request with 400 in the shape of the provider and remember why', async () => {
    const upstream = await start(openAiChat(DEEPSEEK_FLAVOUR))
    const refused = await post(upstream, '/chat/completions', { model: 'm-1', messages: [] })
    expect(refused.status).toBe(400)
    expect(refused.json).toMatchObject({ error: { type: 'invalid_request_error' } })
    expect(upstream.violations()).toHaveLength(1)
  })

  it('tell a history that lost what the model said', async () => {
    const upstream = await start(openAiChat(DEEPSEEK_FLAVOUR))
    await post(upstream, '/chat/completions', {
      model: 'm-1',
      messages: [
        { role: 'user', content: TASK_PROMPT },
        { role: 'assistant', content: 'Something else.', reasoning_content: '' },
        { role: 'user', content: 'go on' },
      ],
    })
    expect(upstream.violations().join('\n')).toMatch(
      /text came back as "Something else\."\n.*thinking came back as ""\n.*0 calls came back of 1/,
    )
  })
})

describe('faults on demand', () => {
  const hello = { model: 'm-1', stream: true, messages: [{ role: 'user', content: HELLO_PROMPT }] }

  it('gives the status, the headers and the body that were asked for, once', async () => {
    const upstream = await start(openAiChat(DEEPSEEK_FLAVOUR))
    upstream.fail({
      type: 'answer',
      status: 429,
      body: { error: 'slow down' },
      headers: { 'retry-after': '7' },
    })
    const failed = await post(upstream, '/chat/completions', hello)
    expect([failed.status, failed.headers.get('retry-after'), failed.text]).toEqual([
      429,
      '7',
      '{"error":"slow down"}',
    ])
    expect((await post(upstream, '/chat/completions', hello)).status).toBe(200)
  })

  it('gives a page of HTML', async () => {
    const upstream = await start(openAiChat(DEEPSEEK_FLAVOUR))
    upstream.fail(HTML_PAGE)
    const failed = await post(upstream, '/chat/completions', hello)
    expect([failed.status, failed.headers.get('content-type')]).toEqual([502, 'text/html'])
  })

  it('ends a stream early as if it were whole', async () => {
    const upstream = await start(openAiChat(DEEPSEEK_FLAVOUR))
    upstream.fail({ type: 'truncate', afterEvents: 2 })
    const cut = await post(upstream, '/chat/completions', hello)
    expect(cut.text.match(/^data: /gm)).toHaveLength(2)
  })

  it.each([0, 2, 'before-headers' as const])('resets the connection (%s)', async (afterEvents) => {
    const upstream = await start(openAiChat(DEEPSEEK_FLAVOUR))
    upstream.fail({ type: 'reset', afterEvents })
    await expect(post(upstream, '/chat/completions', hello)).rejects.toThrow(/fetch failed|terminated/)
  })

  it('is silent for a while and then goes on', async () => {
    const upstream = await start(openAiChat(DEEPSEEK_FLAVOUR))
    upstream.fail({ type: 'silence', milliseconds: 120, afterEvents: 1 })
    const begin = Date.now()
    const late = await post(upstream, '/chat/completions', hello)
    expect(Date.now() - begin).toBeGreaterThanOrEqual(115)
    expect(late.text).toMatch(/data: \[DONE\]\n\n$/)
  })

  it('notices when the client hangs up', async () => {
    const upstream = await start(openAiChat(DEEPSEEK_FLAVOUR))
    upstream.fail({ type: 'slow', milliseconds: 30 })
    const abort = new AbortController()
    const answer = await request(upstream, '/chat/completions', hello, abort.signal)
    expect(answer.status).toBe(200)
    abort.abort()
    expect(await upstream.exchanges[0]?.closedEarly).toBe(true)
  })
})

type Posted = { status: number; headers: Headers; text: string; json: JsonObject }

async function post(upstream: Upstream, path: string, body: JsonObject): Promise<Posted> {
  const response = await request(upstream, path, body)
  const answer = await response.text()
  const json = parseJson(answer)
  return {
    status: response.status,
    headers: response.headers,
    text: answer,
    json: isObject(json) ? json : {},
  }
}

function request(
  upstream: Upstream,
  path: string,
  body: JsonObject,
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${upstream.baseUrl}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-x', 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: signal ?? null,
  })
}
