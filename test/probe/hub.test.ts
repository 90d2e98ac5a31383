// A running hub keeps the cards of its tests, prefers channels whose card does not speak against a request, and forgets
// a card with the configuration that it was made under.
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestHub, type TestHub } from '../support/hub.js'
import { PLAIN_FLAVOUR } from '../support/upstream/openai-chat/flavour.js'
import { openAiChat } from '../support/upstream/openai-chat/provider.js'
import { MODEL, type Model, startModel } from './model.js'

const CHAT = openAiChat(PLAIN_FLAVOUR)

let seeing: Model
let blind: Model
let home: string
let hub: TestHub

const channel = (name: string, model: Model, more = '') =>
  `  - { name: ${name}, endpoints: { openai-chat: "${model.baseUrl}" }, api_key: sk-a, models: [${MODEL}]${more} }\n`
/** By name the blind one comes first. */
const config = (more = '') =>
  `channels:\n${channel('blind', blind, `, weight: 1000000${more}`)}${channel('seeing', seeing, ', weight: 0')}`

beforeAll(async () => {
  seeing = await startModel(CHAT)
  blind = await startModel(CHAT, ['refuses-images', 'no-thinking'])
})
afterAll(() => Promise.all([seeing.close(), blind.close()]))
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'ahub-'))
  hub = await startTestHub({ home, config: config() })
})
afterEach(async () => {
  await hub.stop()
  rmSync(home, { recursive: true, force: true })
})

const PICTURE = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
const first = async (question: object = {}) => {
  const reply = await hub.control('/explain', { model: MODEL, agent: 'codex', ...question })
  return { reply, name: channelOf(reply) }
}

function channelOf(reply: unknown): string {
  return /"targets":\[\{"channel":"([^"]*)"/.exec(JSON.stringify(reply))?.[1] ?? ''
}

const test = (name: string, body: object = {}) => hub.control(`/channels/${name}/test`, body)

describe('a card', () => {
  it('is listed, turns requests away that the model is not good for, and says so', async () => {
    expect((await first({ images: true })).name).toBe('blind')
    await test('blind')
    expect(await hub.control('/cards')).toMatchObject([{ channel: 'blind', model: MODEL, answers: true }])
    expect((await first()).name).toBe('blind')
    const { reply, name } = await first({ images: true, thinking: true })
    expect(name).toBe('seeing')
    expect(JSON.stringify(reply)).toContain('its test says that it sees no pictures and tells no thinking')
  })

  it('decides over real requests as well', async () => {
    await test('blind')
    const ask = async (content: unknown) => {
      const { length } = seeing.paths
      const body = { model: MODEL, stream: true, messages: [{ role: 'user', content }] }
      const answer = await hub.post('/v1/chat/completions', body)
      await answer.text()
      return seeing.paths.length > length ? 'seeing' : 'blind'
    }
    expect(await ask('hello')).toBe('blind')
    expect(await ask([{ type: 'text', text: 'What is flag.png?' }, PICTURE])).toBe('seeing')
  })

  it('holds after a restart, and only for the channel as it was', async () => {
    await test('blind')
    await hub.stop()
    hub = await startTestHub({ home, config: config() })
    expect(await hub.control('/cards')).toMatchObject([{ channel: 'blind' }])
    hub.writeConfig(config(', headers: { x-other: "1" }'))
    await hub.control('/reload', {})
    expect(await hub.control('/cards')).toEqual([])
    expect((await first({ images: true })).name).toBe('blind')
    hub.writeConfig(config(', tags: [a], priority: 0'))
    await hub.control('/reload', {})
    expect(await hub.control('/cards')).toMatchObject([{ channel: 'blind' }])
  })

  it('is forgotten when a new test finds nobody there', async () => {
    await test('blind')
    const moved = await startModel(CHAT)
    hub.writeConfig(`channels:\n${channel('blind', moved)}`)
    await hub.control('/reload', {})
    await test('blind')
    expect(await hub.control('/cards')).toHaveLength(1)
    await moved.close()
    expect(await test('blind')).toMatchObject({ ok: false, cards: [{ answers: false }] })
    expect(await hub.control('/cards')).toEqual([])
  })

  it('is not made by the small question that a new channel is asked', async () => {
    const reply = await test('seeing', { depth: 'text' })
    expect(reply).toMatchObject({ ok: true, cards: [{ requests: 1, results: [{ capability: 'text' }] }] })
    expect(await hub.control('/cards')).toEqual([])
  })
})

describe('a test', () => {
  it('of a channel or an agent that nobody knows is refused', async () => {
    expect(await test('gone')).toMatchObject({ error: { code: 'not-found' } })
    expect(await test('seeing', { as: 'gemini' })).toMatchObject({ error: { code: 'usage' } })
  })

  it('ends when the asker hangs up', async () => {
    const before = seeing.paths.length
    const asked = request({
      socketPath: join(home, 'run', 'axonhub.sock'),
      path: '/channels/seeing/test',
      method: 'POST',
    })
    asked.on('error', () => undefined)
    asked.end('{}')
    while (seeing.paths.length < before + 2) await pause(2)
    asked.destroy()
    await pause(150)
    const after = seeing.paths.length
    await pause(150)
    expect(seeing.paths.length).toBe(after)
    expect(after - before).toBeLessThan(13)
    expect(await hub.control('/cards')).toEqual([])
  })
})
