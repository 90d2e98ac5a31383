// The makers' own client libraries, streaming and not, through every pair of protocols: a tool loop of two turns.
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DemoUpstream, startDemoUpstream } from '../../src/demo/upstream.js'
import { startTestHub, type TestHub } from '../support/hub.js'

let demo: DemoUpstream
let hub: TestHub
let openai: OpenAI
let anthropic: Anthropic

beforeAll(async () => {
  let count = 0
  demo = await startDemoUpstream({
    newId: (prefix) => `${prefix}${++count}`,
    clock: { now: () => 1_790_000_000_000 },
    paceMs: 0,
  })
  hub = await startTestHub({
    config: `
channels:
  - { name: chat, endpoints: { openai-chat: "${demo.baseUrl}/v1" }, models: [via-chat] }
  - { name: responses, endpoints: { openai-responses: "${demo.baseUrl}/v1" }, models: [via-responses] }
  - { name: messages, endpoints: { anthropic-messages: "${demo.baseUrl}" }, models: [via-messages] }
`,
  })
  openai = new OpenAI({ apiKey: hub.key, baseURL: `${hub.url}/v1`, maxRetries: 0 })
  anthropic = new Anthropic({ apiKey: hub.key, baseURL: `${hub.url}/anthropic`, maxRetries: 0 })
})
afterAll(async () => {
  await hub.stop()
  await demo.close()
})

const QUESTION = 'What is the weather in Köln? 🌦'
const parameters = {
  type: 'object',
  properties: { city: { type: 'string', enum: ['Köln', 'Bonn'] } },
  required: ['city'],
} as const
const ANSWER = /You asked: “What is the weather in Köln\? 🌦”\..*The tool said: “12 °C”/s

describe.each(['chat', 'responses', 'messages'])('a provider of %s', (provider) => {
  const model = `via-${provider}`
  const name = 'get_weather'

  it.each([true, false])('answers the openai library over Chat Completions (stream: %s)', async (stream) => {
    const tools: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: { name, parameters } }]
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: QUESTION }]
    const ask = async () => {
      if (!stream) return openai.chat.completions.create({ model, messages, tools })
      return openai.chat.completions
        .stream({ model, messages, tools, stream_options: { include_usage: true } })
        .finalChatCompletion()
    }
    const first = await ask()
    const message = first.choices[0]?.message
    const call = message?.tool_calls?.[0]
    expect(first.model).toBe(model)
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    expect(first.usage?.completion_tokens).toBeGreaterThan(0)
    expect(call).toMatchObject({ type: 'function', function: { name } })
    expect(JSON.parse(call?.type === 'function' ? call.function.arguments : '')).toEqual({ city: 'Köln' })
    if (message !== undefined) messages.push(message)
    messages.push({ role: 'tool', tool_call_id: call?.id ?? '', content: '12 °C' })
    const second = await ask()
    expect(second.choices[0]?.message.content).toMatch(ANSWER)
    expect(second.choices[0]?.finish_reason).toBe('stop')
    expect(second.usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThan(0)
  })

  it.each([true, false])('answers the openai library over Responses (stream: %s)', async (stream) => {
    const tools: OpenAI.Responses.Tool[] = [{ type: 'function', name, parameters, strict: false }]
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: QUESTION }]
    const ask = async () => {
      const body = { model, input, tools, store: false, include: ['reasoning.encrypted_content' as const] }
      return stream ? openai.responses.stream(body).finalResponse() : openai.responses.create(body)
    }
    const first = await ask()
    const call = first.output.flatMap((item) => (item.type === 'function_call' ? [item] : []))[0]
    expect(first.model).toBe(model)
    expect(call).toMatchObject({ name })
    expect(JSON.parse(call?.arguments ?? '')).toEqual({ city: 'Köln' })
    expect(first.usage?.total_tokens).toBe(
      (first.usage?.input_tokens ?? 0) + (first.usage?.output_tokens ?? 0),
    )
    expect(first.output.some((item) => item.type === 'reasoning')).toBe(true)
    for (const item of first.output)
      if (item.type === 'reasoning' || item.type === 'function_call') input.push(item)
    input.push({ type: 'function_call_output', call_id: call?.call_id ?? '', output: '12 °C' })
    const second = await ask()
    expect(second.output_text).toMatch(ANSWER)
    expect(second.status).toBe('completed')
    expect(second.usage?.input_tokens_details.cached_tokens).toBeGreaterThan(0)
  })

  it.each([true, false])('answers the Anthropic library over Messages (stream: %s)', async (stream) => {
    const tools: Anthropic.Tool[] = [{ name, input_schema: { ...parameters, required: ['city'] } }]
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: QUESTION }]
    const ask = async () => {
      const body = {
        model,
        max_tokens: 1000,
        messages,
        tools,
        thinking: { type: 'enabled' as const, budget_tokens: 1024 },
      }
      return stream ? anthropic.messages.stream(body).finalMessage() : anthropic.messages.create(body)
    }
    const first = await ask()
    const call = first.content.find((block) => block.type === 'tool_use')
    expect(first.model).toBe(model)
    expect(first.stop_reason).toBe('tool_use')
    expect(call).toMatchObject({ name, input: { city: 'Köln' } })
    expect(first.content[0]).toMatchObject({
      type: 'thinking',
      thinking: expect.stringContaining('get_weather'),
    })
    messages.push({ role: 'assistant', content: first.content })
    messages.push({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: '12 °C' }],
    })
    const second = await ask()
    expect(second.content.map((block) => (block.type === 'text' ? block.text : '')).join('')).toMatch(ANSWER)
    expect(second.stop_reason).toBe('end_turn')
    expect(second.usage.cache_read_input_tokens).toBeGreaterThan(0)
    expect(second.usage.output_tokens).toBeGreaterThan(0)
  })
})
