// JSON nested beyond all sense: told from its bytes, refused in words where it would be converted, passed on by a relay.
import { Buffer } from 'node:buffer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject, parseJson } from '../../src/base/json.js'
import { isDeeper, MOST_LEVELS } from '../../src/protocol/json-depth.js'
import { translateStream } from '../../src/protocol/translate.js'
import { oneChannel, startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream } from '../support/raw-upstream.js'
import { answering, crossed, pairs, question } from './crossing.js'

const lists = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const DEEP = [lists(100_000), objects(100_000)]

/** A request in which the value stands as the argument of a call, as a schema and as a field that nobody knows. */
function requestWith(value: string, id: string): string {
  const inString = JSON.stringify(value)
  const schema = `{"type":"object","properties":{"a":{"enum":[${value}]}}}`
  switch (id) {
    case 'openai-chat':
      return `{"model":"m","odd":${value},"messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":${inString}}}]},{"role":"tool","tool_call_id":"c","content":"y"}],"tools":[{"type":"function","function":{"name":"f","parameters":${schema}}}]}`
    case 'openai-responses':
      return `{"model":"m","odd":${value},"input":[{"type":"message","role":"user","content":"x"},{"type":"function_call","call_id":"c","name":"f","arguments":${inString}},{"type":"function_call_output","call_id":"c","output":"y"}],"tools":[{"type":"function","name":"f","parameters":${schema}}]}`
    case 'gemini':
      return `{"model":"m","odd":${value},"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"id":"c","name":"f","args":${value.startsWith('{') ? value : `{"a":${value}}`}}}]},{"role":"user","parts":[{"functionResponse":{"id":"c","name":"f","response":{"output":"y"}}}]}],"tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":${schema}}]}]}`
    default:
      return `{"model":"m","max_tokens":9,"odd":${value},"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":${value.startsWith('{') ? value : `{"a":${value}}`}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"y"}]}],"tools":[{"name":"f","input_schema":${schema}}]}`
  }
}

describe('the depth of JSON', () => {
  it.each([
    ['{"a":"[[[[", "b":[[]]}', 3],
    ['{"a":"\\"[[[["}', 1],
    ['[{}, [[]], "\\\\"]', 3],
    ['"[[["', 0],
  ])('of %s is %i', (text, levels) => {
    const bytes = Buffer.from(text)
    expect([isDeeper(bytes, levels), isDeeper(bytes, levels - 1)]).toEqual([false, levels > 0])
  })
})

describe.each(pairs)('$pair', (pair) => {
  it('converts what is nested as deeply as it may be', () => {
    for (const value of [lists(MOST_LEVELS - 20), objects(MOST_LEVELS - 20)]) {
      const body = parseJson(requestWith(value, pair.from.id))
      const wire = isObject(body) ? crossed(pair, body).wire.body : undefined
      expect(isObject(parseJson(JSON.stringify(wire)))).toBe(true)
    }
  })

  it('ends a stream whose call has arguments that are nested too deeply by an error in words', () => {
    const translated = crossed(pair, question(pair.from))
    const stream = translateStream(answering(translated))
    const bytes = Buffer.from(`data: {"type":"x","error":${objects(100_000)}}\n\ndata: ${DEEP[0]}\n\n`)
    const told = [...stream.push(bytes), ...stream.end()]
    expect(JSON.stringify(told)).not.toContain('call stack')
    expect(stream.error).toBeDefined()
  })
})

describe('through a hub', () => {
  let upstream: RawUpstream
  let hub: TestHub
  let answer = '{}'
  beforeAll(async () => {
    upstream = await rawUpstream((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(answer)
    })
    hub = await startTestHub({ config: oneChannel('openai-chat', `${upstream.url}/v1`) })
  })
  afterAll(async () => {
    await hub.stop()
    await upstream.close()
  })

  it.each([
    ['/v1/messages', 'anthropic-messages'],
    ['/v1/responses', 'openai-responses'],
  ])('a request to %s that is nested too deeply is refused with 400', async (path, id) => {
    for (const value of DEEP) {
      const reply = await hub.post(path, requestWith(value, id))
      expect([reply.status, await reply.text()]).toEqual([400, expect.stringContaining('nested too deeply')])
    }
  })

  it('a relayed request and answer pass as they are, however deep', async () => {
    for (const value of DEEP) {
      answer = `{"model":"m","x":${value},"choices":[]}`
      const body = requestWith(value, 'openai-chat')
      const reply = await hub.post('/v1/chat/completions', body)
      expect([reply.status, await reply.text()]).toEqual([200, answer])
      expect(upstream.seen.at(-1)?.body.toString()).toBe(body)
    }
  })

  it.each(['/v1/messages', '/v1/responses'])(
    'an answer for %s is a fault of the provider, in words',
    async (path) => {
      for (const value of DEEP) {
        const call = { id: 'c', type: 'function', function: { name: 'f', arguments: value } }
        const message = JSON.stringify({ role: 'assistant', tool_calls: [call] })
        const choices = `[{"index":0,"message":${message},"finish_reason":"tool_calls"}]`
        const asked = { model: 'm', max_tokens: 5, input: 'x', messages: [{ role: 'user', content: 'x' }] }
        answer = `{"model":"m","x":${value},"choices":${choices}}`
        const reply = await hub.post(path, asked)
        expect([reply.status, await reply.text()]).toEqual([
          502,
          expect.stringContaining('nested too deeply'),
        ])
        answer = `{"model":"m","choices":${choices}}`
        expect(await (await hub.post(path, asked)).text()).not.toContain('call stack')
      }
    },
  )
})
