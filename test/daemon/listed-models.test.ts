// The models of channels that nobody named: the hub's own list holds what their providers list.
import { afterEach, describe, expect, it } from 'vitest'
import { isObject, objects, parseJson, text } from '../../src/base/json.js'
import type { Channel } from '../../src/config/channels.js'
import { listedModels } from '../../src/daemon/listed-models.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A server that lists these ids and answers nothing else. */
async function lister(...ids: readonly string[]): Promise<RawUpstream> {
  const server = await rawUpstream((response, { path }) =>
    path === '/v1/models'
      ? sendJson(response, { object: 'list', data: ids.map((id) => ({ id })) })
      : sendJson(response, { error: { message: 'no' } }, 500),
  )
  closers.push(() => server.close())
  return server
}

async function hubWith(channels: string): Promise<TestHub> {
  const hub = await startTestHub({ config: `channels:\n${channels}` })
  closers.push(() => hub.stop())
  return hub
}

async function idsOf(hub: TestHub, path: string, headers?: Record<string, string>): Promise<string[]> {
  const reply = parseJson(await (await hub.get(path, headers)).text())
  return isObject(reply) ? objects(reply, 'data').flatMap((model) => text(model, 'id') ?? []) : []
}

const open = (server: RawUpstream, more = '') =>
  `  - { name: local, endpoints: { openai-chat: "${server.url}/v1" }${more} }`

describe('GET /v1/models', () => {
  it('lists what the provider of a channel lists whose models nobody named, and asks it once', async () => {
    const server = await lister('qwen3:8b', 'gemma4')
    const hub = await hubWith(open(server))
    expect(await idsOf(hub, '/v1/models')).toEqual(expect.arrayContaining(['qwen3:8b', 'gemma4']))
    expect(await idsOf(hub, '/v1/models')).toContain('gemma4')
    expect(server.seen.map(({ path }) => path)).toEqual(['/v1/models'])
    expect((await hub.get('/v1/models/qwen3:8b')).status).toBe(200)
  })

  it('lists of these only what the channel serves', async () => {
    const hub = await hubWith(open(await lister('qwen3:8b', 'gemma4'), ', models: ["qwen*"]'))
    expect(await idsOf(hub, '/v1/models')).toEqual(['qwen3:8b'])
  })

  it('asks nobody about a channel whose models are named', async () => {
    const server = await lister('other')
    const hub = await hubWith(open(server, ', models: [mine]'))
    expect(await idsOf(hub, '/v1/models')).toEqual(['mine'])
    expect(server.seen).toEqual([])
  })

  it('asks nobody about a channel that serves no model', async () => {
    const server = await lister('other')
    const hub = await hubWith(open(server, ', models: []'))
    expect(await idsOf(hub, '/v1/models')).toEqual([])
    expect(server.seen).toEqual([])
  })

  it('gives the picker of an agent none of a list of hundreds', async () => {
    const many = Array.from({ length: 300 }, (_, index) => `vendor/model-${index}`)
    const hub = await hubWith(open(await lister(...many)))
    expect(await idsOf(hub, '/v1/models')).toContain('vendor/model-299')
    const picker = await idsOf(hub, '/anthropic/v1/models')
    expect(picker.filter((id) => id.includes('vendor/'))).toEqual([])
    expect(await idsOf(hub, '/v1/models?client_version=0.169.0')).not.toContain('vendor/model-299')
  })

  it('answers when the provider is not there', async () => {
    const hub = await hubWith('  - { name: local, endpoints: { openai-chat: "http://127.0.0.1:1/v1" } }')
    expect((await hub.get('/v1/models')).status).toBe(200)
  })
})

describe('what a provider lists', () => {
  const channel: Channel = {
    name: 'local',
    provider: undefined,
    title: 'local',
    endpoints: [],
    credential: { type: 'none' },
    models: undefined,
    catalogue: [],
    tags: [],
    priority: 0,
    weight: 1,
    headers: {},
    enabled: true,
    quota: 'on',
    dialects: {},
    families: [],
  }

  it('is asked for again after a while, and stays when the provider is gone then', async () => {
    let now = 0
    const answers = [['a'], ['a', 'b']]
    let asked = 0
    const list = () => {
      asked += 1
      const next = answers.shift()
      return next === undefined ? Promise.reject(new Error('gone')) : Promise.resolve(next)
    }
    const listed = listedModels({ channels: () => [channel], list, monotonic: () => now })
    const told = async () => [(await listed.ids()).get('local'), asked]
    expect(await told()).toEqual([['a'], 1])
    expect(await told()).toEqual([['a'], 1])
    now += 600_000
    await listed.ids()
    expect(await told()).toEqual([['a', 'b'], 2])
    now += 600_000
    await listed.ids()
    expect(await told()).toEqual([['a', 'b'], 3])
  })

  it('that is only old holds nobody up, however many ask while it is asked for again', async () => {
    let now = 0
    const answers = [Promise.resolve(['a']), new Promise<never>(() => undefined)]
    const list = () => answers.shift() ?? Promise.reject(new Error('asked too often'))
    const listed = listedModels({ channels: () => [channel], list, monotonic: () => now, waitMs: 3_600_000 })
    await listed.ids()
    now += 600_000
    for (let asker = 0; asker < 3; asker += 1) expect((await listed.ids()).get('local')).toEqual(['a'])
  })

  it('is waited for a moment alone', async () => {
    let tell: (ids: readonly string[]) => void = () => undefined
    const list = () =>
      new Promise<readonly string[]>((resolve) => {
        tell = resolve
      })
    const listed = listedModels({ channels: () => [channel], list, monotonic: () => 0, waitMs: 1 })
    expect((await listed.ids()).get('local')).toEqual([])
    tell(['late'])
    await Promise.resolve()
    expect((await listed.ids()).get('local')).toEqual(['late'])
  })
})
