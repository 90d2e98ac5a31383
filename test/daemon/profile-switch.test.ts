// A switch of the profile through a real hub: at once for the next turn, never inside a running tool loop, unless it is to.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject, type JsonObject, type JsonValue, list } from '../../src/base/json.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream, sendSse } from '../support/raw-upstream.js'

let upstream: RawUpstream
let hub: TestHub
let isBroken = false

const config = (active: string, cheap = 'small') => `
channels:
  - { name: up, endpoints: { openai-chat: "${upstream.url}" } }
profiles:
  cheap: { mappings: [{ from: "*", to: ${cheap} }] }
  good:
    mappings:
      - { from: "*", when: { has_images: true }, to: eyes }
      - { from: "*", when: { input_tokens_over: 5000 }, to: wide }
      - { from: "*", when: { thinking: true, agent: other }, to: deep }
      - { from: "*", to: large }
active_profile: ${active}
`

beforeAll(async () => {
  upstream = await rawUpstream((response, seen) => {
    if (isBroken) response.writeHead(500).end('{}')
    else {
      const { model } = JSON.parse(seen.body.toString())
      sendSse(
        response,
        `data: {"choices":[{"index":0,"delta":{"content":"I am ${model}"}}]}\n\ndata: [DONE]\n\n`,
      )
    }
  })
  hub = await startTestHub({ config: config('cheap') })
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})

async function use(active: string, cheap?: string): Promise<void> {
  hub.writeConfig(config(active, cheap))
  await hub.control('/reload', {})
}

const QUESTION = { role: 'user', content: 'hi' }
const LOOP: JsonValue[] = [
  QUESTION,
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'ls', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'c', content: 'a.txt' },
]

/** The model that answered. */
async function ask(trace: string, messages: JsonValue[], more: JsonObject = {}): Promise<string | undefined> {
  const body = { model: 'm', stream: true, messages, ...more }
  const reply = await hub.post('/v1/chat/completions', body, { 'ah-trace-id': trace })
  return /I am (\w+)/.exec(await reply.text())?.[1]
}

async function decision(trace: string): Promise<string[]> {
  const shown = await hub.control(`/traces/${trace}`)
  const turns = isObject(shown) ? list(shown, 'turns') : []
  const requests = turns.flatMap((turn) => (isObject(turn) ? list(turn, 'requests') : []))
  const last = requests.at(-1)
  return isObject(last) ? list(last, 'decision').map(String) : []
}

describe('a switch of the profile', () => {
  it('waits for the end of a tool loop, and the trace says why', async () => {
    await use('cheap')
    expect(await ask('t1', [QUESTION])).toBe('small')
    await use('good')
    expect(await ask('t1', LOOP)).toBe('small')
    expect((await decision('t1'))[0]).toBe(
      'profile cheap: kept, and not good, because this request is inside a tool loop that began under it',
    )
    expect(await ask('t2', LOOP)).toBe('large')
    expect(await ask('t1', [...LOOP, { role: 'assistant', content: 'Done.' }, QUESTION])).toBe('large')
    expect(await ask('t1', LOOP)).toBe('large')
  })

  it('waits as well when the profile in use is changed', async () => {
    await use('cheap')
    await ask('t3', [QUESTION])
    await use('cheap', 'smaller')
    expect(await ask('t3', LOOP)).toBe('small')
    expect(await ask('t3', [QUESTION])).toBe('smaller')
  })

  it('reaches running loops at once when it is to', async () => {
    await use('cheap')
    await ask('t4', [QUESTION])
    await use('good')
    expect(await hub.control('/profiles/release', { key: 'nobody' })).toEqual({ ok: true })
    expect(await ask('t4', LOOP)).toBe('small')
    expect(await hub.control('/profiles/release', { key: 'test' })).toEqual({ ok: true })
    expect(await ask('t4', LOOP)).toBe('large')
  })

  it('reaches a loop whose last request failed', async () => {
    await use('cheap')
    await ask('t5', [QUESTION])
    await use('good')
    isBroken = true
    await ask('t5', LOOP)
    isBroken = false
    expect(await ask('t5', LOOP)).toBe('large')
  })
})

describe('conditions of mappings, measured in real requests', () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }

  it.each<[name: string, messages: JsonValue[], more: JsonObject, model: string]>([
    ['an image', [{ role: 'user', content: [image] }], {}, 'eyes'],
    ['a long input', [{ role: 'user', content: 'word '.repeat(6000) }], {}, 'wide'],
    ['thinking', [QUESTION], { reasoning_effort: 'high' }, 'deep'],
    ['nothing of these', [QUESTION], {}, 'large'],
  ])('%s', async (name, messages, more, model) => {
    await use('good')
    expect(await ask(name.replaceAll(' ', '-'), messages, more)).toBe(model)
  })

  it('stand in the trace, with the values, as `explain` tells them', async () => {
    await use('good')
    await ask('t6', [QUESTION])
    const told = await decision('t6')
    expect(told.slice(0, 5)).toEqual([
      'profile good',
      'model m: mapping 1 passed over, has_images true: false → does not hold',
      expect.stringMatching(
        /^model m: mapping 2 passed over, input_tokens_over 5000: about \d+ → does not hold$/,
      ),
      'model m: mapping 3 passed over, thinking true: false → does not hold',
      'model m: mapping 4 (* → large) gives large',
    ])
    const tokens = Number(/about (\d+)/.exec(told[2] ?? '')?.[1])
    const explained = await hub.control('/explain', { model: 'm', key: 'test', tokens })
    expect(isObject(explained) ? list(explained, 'reasons').slice(0, 5) : []).toEqual(told.slice(0, 5))
  })
})
