// The edge: effects asked of a real hub, and the messages that come of them.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { HubError } from '../../src/base/errors.js'
import { resolvePaths } from '../../src/config/paths.js'
import { controlClient } from '../../src/control/client.js'
import { answerListener, spokenAnswer, spokenIn } from '../../src/export/reading.js'
import type { TuiDeps } from '../../src/tui/deps.js'
import { createEffects, type Effects } from '../../src/tui/effects.js'
import type { Message } from '../../src/tui/message.js'
import type { Timers } from '../../src/tui/store.js'
import { startTestHub, type TestHub } from '../support/hub.js'

const timers: Timers = {
  after(ms, action) {
    const timer = setTimeout(action, ms)
    return () => clearTimeout(timer)
  },
  monotonic: () => performance.now(),
}

let hub: TestHub
const open: Effects[] = []

beforeAll(async () => {
  hub = await startTestHub({ demo: true })
})
afterEach(() => {
  for (const effects of open.splice(0)) effects.stop()
})
afterAll(() => hub.stop())

function edge(home = hub.home) {
  const heard: Message[] = []
  const copied: string[] = []
  const deps: TuiDeps = {
    control: controlClient(resolvePaths({ AXONHUB_HOME: home }, home).socket),
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    conversations: async () => ({ asked: spokenIn, answered: spokenAnswer, listen: answerListener }),
    costOf: () => 0.25,
    env: {},
    platform: 'linux',
    hasAgent: async () => true,
    startHub: async () => {
      throw new HubError('port-in-use', 'The port is in use.', { hint: 'Take another.' })
    },
    exportTrace: async (id) => `/tmp/${id}.html`,
  }
  const effects = createEffects({
    deps,
    timers,
    dispatch: (message) => heard.push(message),
    copy: (text) => copied.push(text),
    repaint: () => undefined,
    quit: () => undefined,
  })
  open.push(effects)
  return { effects, heard, copied }
}

async function until<T>(find: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 500; tries++) {
    const found = find()
    if (found !== undefined) return found
    await sleep(10)
  }
  throw new Error('It never came.')
}

function ofType<Type extends Message['type']>(heard: readonly Message[], type: Type) {
  return heard.filter((message): message is Extract<Message, { type: Type }> => message.type === type)
}

function ask(): Promise<Response> {
  return hub.post('/anthropic/v1/messages', {
    model: 'claude-sonnet-4-5',
    max_tokens: 99,
    stream: true,
    messages: [{ role: 'user', content: 'Hello' }],
  })
}

describe('following the hub', () => {
  it('tells of requests from beginning to end, in bunches', async () => {
    const { effects, heard } = edge()
    effects.run({ type: 'follow' })
    await until(() => ofType(heard, 'connected')[0])
    await (await ask()).text()
    const events = () => ofType(heard, 'events').flatMap((message) => message.events)
    const end = await until(() => events().find(({ type }) => type === 'request-finished'))
    expect(end).toMatchObject({ outcome: 'completed', usage: { output: expect.any(Number) } })
    expect(events().filter(({ type }) => type === 'request-started')).toHaveLength(1)
    expect(heard.findIndex(({ type }) => type === 'tick')).toBeLessThan(
      heard.findIndex(({ type }) => type === 'connected'),
    )
  })

  it('never follows twice: the later one takes the place of the earlier, without a word', async () => {
    const { effects, heard } = edge()
    effects.run({ type: 'follow' })
    effects.run({ type: 'follow' })
    await until(() => ofType(heard, 'connected')[0])
    effects.run({ type: 'follow' })
    await until(() => ofType(heard, 'connected')[1])
    await (await ask()).text()
    const started = () =>
      ofType(heard, 'events').flatMap(({ events }) => events.filter(({ type }) => type === 'request-started'))
    await until(() => started()[0])
    await sleep(200)
    expect(started()).toHaveLength(1)
    expect(ofType(heard, 'lost')).toEqual([])
  })

  it('says that nobody is there', async () => {
    const { effects, heard } = edge('/nonexistent/home')
    effects.run({ type: 'follow' })
    expect(await until(() => ofType(heard, 'lost')[0])).toMatchObject({ absent: true })
  })

  it('says nothing any more when it is stopped', async () => {
    const { effects, heard } = edge()
    effects.run({ type: 'follow' })
    await until(() => ofType(heard, 'connected')[0])
    effects.stop()
    const before = heard.length
    await (await ask()).text()
    await sleep(200)
    expect(heard).toHaveLength(before)
  })
})

describe('asking the hub', () => {
  it('answers how it stands, what today took, and which conversations there are', async () => {
    const { effects, heard } = edge()
    for (const of of ['status', 'quota', 'today', 'agents'] as const)
      effects.run({ type: 'ask', question: { of } })
    effects.run({ type: 'ask', question: { of: 'traces', limit: 5 } })
    const answers = () => ofType(heard, 'answer').map(({ answer }) => answer.of)
    await until(() => (answers().length === 5 ? true : undefined))
    expect(answers().sort()).toEqual(['agents', 'quota', 'status', 'today', 'traces'])
  })

  it('reads what a conversation says, and its wire', async () => {
    const { effects, heard } = edge()
    effects.run({ type: 'follow' })
    await until(() => ofType(heard, 'connected')[0])
    await (await ask()).text()
    const id = await until(() =>
      ofType(heard, 'events')
        .flatMap(({ events }) => events)
        .flatMap((event) => (event.type === 'request-finished' ? [event.requestId] : []))
        .at(0),
    )
    effects.run({
      type: 'ask',
      question: { of: 'conversation', request: id, protocol: 'anthropic-messages' },
    })
    effects.run({ type: 'ask', question: { of: 'wire', request: id } })
    const said = await until(
      () =>
        ofType(heard, 'answer').flatMap(({ answer }) => (answer.of === 'conversation' ? [answer] : []))[0],
    )
    expect(said.conversation.asked).toEqual([{ type: 'user', text: 'Hello' }])
    expect(said.conversation.answered.at(-1)).toMatchObject({ type: 'text' })
    const wire = await until(
      () => ofType(heard, 'answer').flatMap(({ answer }) => (answer.of === 'wire' ? [answer] : []))[0],
    )
    expect(wire.wire.lines[0]).toEqual({
      kind: 'title',
      text: 'The agent sent POST /anthropic/v1/messages, anthropic-messages',
    })
  })

  it('says what did not work', async () => {
    const { effects, heard } = edge()
    effects.run({ type: 'ask', question: { of: 'trace', id: 'nobody' } })
    effects.run({ type: 'start-hub' })
    await until(() => ofType(heard, 'failed')[1])
    expect(ofType(heard, 'failed')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ effect: { type: 'ask', question: { of: 'trace', id: 'nobody' } } }),
        expect.objectContaining({ message: 'The port is in use.', hint: 'Take another.' }),
      ]),
    )
  })

  it('copies, exports, and says so', async () => {
    const { effects, heard, copied } = edge()
    effects.run({ type: 'copy', text: 'ar-1', what: 'the id' })
    effects.run({ type: 'export', trace: 't1', open: false })
    await until(() => ofType(heard, 'notice')[1])
    expect(copied).toEqual(['ar-1'])
    expect(ofType(heard, 'notice').map(({ notice }) => notice.text)).toEqual([
      'Copied the id.',
      'Wrote /tmp/t1.html',
    ])
  })
})
