// Many requests at once through one hub while one of its three channels is sick at any time: what came of each, and what the
// process holds before and after.

import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Agent, request } from 'undici'
import { startTestHub, type TestHub } from './hub.js'
import { type MoodyUpstream, moodyUpstream, SICKNESSES, type Sickness } from './moody-upstream.js'
import { judge, type Reply, readReply, unanswered } from './reply.js'

export type SoakSettings = { readonly requests: number; readonly atOnce: number; readonly pauseMs: number }

export type SoakFigures = {
  readonly completed: number
  /** Broken after content had gone out, told as an error, and by the provider's own word its fault. */
  readonly hurt: number
  /** All three channels failed them, each in its turn. */
  readonly refused: number
  /** What should not be, one line each. */
  readonly wrong: readonly string[]
  readonly sicknesses: number
  readonly servedBy: readonly number[]
  readonly seconds: number
  /** What keeps the process busy, by kind: only what there is more of than before. */
  readonly left: Readonly<Record<string, number>>
  /** Bytes of heap and buffers per request, from the middle to the end. */
  readonly bytesPerRequest: number
  readonly rssGrowth: number
}

const ASKERS = [
  { path: '/v1/chat/completions', stream: true },
  { path: '/v1/messages', stream: true },
  { path: '/v1/chat/completions', stream: false },
] as const

function bodyOf(mark: string, stream: boolean): string {
  const messages = [{ role: 'user', content: `please ${mark} now` }]
  return JSON.stringify({ model: 'm', max_tokens: 99, messages, stream })
}

async function ask(hub: TestHub, agent: Agent, index: number): Promise<Reply> {
  const asker = ASKERS[index % ASKERS.length] ?? ASKERS[0]
  const reply = await request(hub.url + asker.path, {
    dispatcher: agent,
    method: 'POST',
    headers: {
      authorization: `Bearer ${hub.key}`,
      'content-type': 'application/json',
      'ah-trace-id': `trace-${index % 97}`,
    },
    body: bodyOf(`mark-${index}`, asker.stream),
  })
  return readReply(reply.statusCode, await reply.body.text())
}

/** One channel after the other falls sick, from one sickness into the next, and recovers; the others are well. */
export async function makeSick(upstreams: readonly MoodyUpstream[], signal: AbortSignal): Promise<number> {
  let count = 0
  const pick = <T>(of: readonly T[]): T | undefined => of[Math.floor(Math.random() * of.length)]
  while (!signal.aborted) {
    const patient = pick(upstreams)
    for (let bout = 0; bout < 3 && !signal.aborted; bout += 1) {
      const sickness: Sickness = pick(SICKNESSES) ?? 'dead'
      await patient?.fallSick(sickness)
      count += 1
      await sleep(60 + Math.random() * 200)
    }
    await patient?.recover()
    await sleep(50)
  }
  return count
}

function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function resources(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

/** What there is more of than before, after `ms` at most; sockets take a moment to close. */
async function leftover(before: ReadonlyMap<string, number>, ms: number): Promise<Record<string, number>> {
  const end = performance.now() + ms
  for (;;) {
    const more = [...resources()].flatMap(([kind, count]) => {
      const extra = count - (before.get(kind) ?? 0)
      return extra > 0 ? [[kind, extra] as const] : []
    })
    if (more.length === 0 || performance.now() > end) return Object.fromEntries(more)
    await sleep(50)
  }
}

const config = (upstreams: readonly MoodyUpstream[]) => `
server: { llm_request_timeout: 1500ms, capture: { bodies: metadata } }
routing: { breaker: { failures: 3, open_for: 1s, max_open_for: 2s } }
channels:
${upstreams.map(({ url }, index) => `  - { name: c${index}, endpoints: { openai-chat: "${url}/v1" } }`).join('\n')}
`

async function askAll(
  hub: TestHub,
  upstreams: readonly MoodyUpstream[],
  settings: SoakSettings,
  agent: Agent,
) {
  const counts = { completed: 0, hurt: 0, refused: 0 }
  const wrong: string[] = []
  let next = 0
  let middle = { held: 0, rss: 0 }
  const worker = async () => {
    for (let index = next++; index < settings.requests; index = next++) {
      if (index === Math.floor(settings.requests / 2))
        middle = { held: heldBytes(), rss: process.memoryUsage().rss }
      const mark = `mark-${index}`
      const reply = await ask(hub, agent, index).catch(unanswered)
      const verdict = judge(
        mark,
        reply,
        upstreams.some(({ hurt }) => hurt.has(mark)),
      )
      if (verdict.type === 'wrong') wrong.push(verdict.why)
      else counts[verdict.type] += 1
    }
  }
  await Promise.all(Array.from({ length: settings.atOnce }, worker))
  return { ...counts, wrong, middle }
}

type Stage = {
  readonly upstreams: readonly MoodyUpstream[]
  readonly hub: TestHub
  readonly close: () => Promise<void>
}

async function openStage(pauseMs: number): Promise<Stage> {
  const upstreams = await Promise.all([0, 1, 2].map(() => moodyUpstream(pauseMs)))
  const hub = await startTestHub({ config: config(upstreams), timing: { holdMs: 500 } })
  return {
    upstreams,
    hub,
    async close() {
      await hub.stop()
      for (const upstream of upstreams) await upstream.close()
    },
  }
}

/** What is made once in a process is made here, so that it does not count as left behind. */
async function warmUp(): Promise<void> {
  const { hub, close } = await openStage(1)
  const agent = new Agent()
  for (let index = 0; index < 30; index += 1) await ask(hub, agent, index)
  await agent.destroy()
  await close()
}

/** Runs it and says what came of it; throws nothing but what the hub cannot start with. */
export async function soak(settings: SoakSettings): Promise<SoakFigures> {
  await warmUp()
  const before = resources()
  const { hub, upstreams, close } = await openStage(settings.pauseMs)
  const agent = new Agent({ connections: settings.atOnce })
  const ill = new AbortController()
  const startedAt = performance.now()
  const sickening = makeSick(upstreams, ill.signal)
  const { completed, hurt, refused, wrong, middle } = await askAll(hub, upstreams, settings, agent)
  const seconds = (performance.now() - startedAt) / 1000
  ill.abort()
  const sicknesses = await sickening
  await agent.destroy()
  const bytesPerRequest = (heldBytes() - middle.held) / Math.ceil(settings.requests / 2)
  const rssGrowth = process.memoryUsage().rss - middle.rss
  const servedBy = upstreams.map((upstream) => upstream.served())
  await close()
  const left = await leftover(before, 5000)
  return { completed, hurt, refused, wrong, sicknesses, servedBy, seconds, left, bytesPerRequest, rssGrowth }
}
