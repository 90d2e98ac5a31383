// A built hub in a process of its own under mixed load of three protocols, relayed and converted, while its channels fall
// sick, agents hang up, and somebody looks at it: what came of the requests, and what the process holds over time.
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { ProtocolId } from '../../src/protocol/ids.js'
import { addressOf, type Bench, makeBench, member, printed } from '../cli/bench.js'
import { type Memory, memoryOf, probing, quarters, rounded } from './hub-memory.js'
import { type MoodyUpstream, moodyUpstream } from './moody-upstream.js'
import { askerPaths, realBodies } from './real-bodies.js'
import { isStarved, judge, type Reply, readReply, unanswered, type Wrong } from './reply.js'
import { makeSick } from './soak.js'
import { watchStillness } from './stillness.js'

export type LongSoak = { readonly seconds: number; readonly atOnce: number; readonly pauseMs: number }

export type LongFigures = {
  readonly requests: number
  readonly completed: number
  readonly hurt: number
  /** All three channels failed them, each in its turn. */
  readonly refused: number
  /** Told as a provider's silence, while the providers of the soak stood still for as long as the hub waits. */
  readonly starved: number
  /** Agents that hung up in the middle. */
  readonly leftAlone: number
  readonly wrong: readonly string[]
  /** How many of them were wrong in which way. */
  readonly wrongByKind: Readonly<Partial<Record<Wrong, number>>>
  /** The longest that the agents and providers of the soak itself stood still, ms: what it cannot judge faster than. */
  readonly stoodStillMs: number
  readonly sicknesses: number
  readonly seconds: number
  /** What the hub holds, MB: means of the quarters of the time, by kind. */
  readonly memoryMb: Readonly<Record<keyof Memory, readonly number[]>>
  /** The same some seconds after the last request, MB. */
  readonly memoryAfterMb: Memory
  /** Open files and sockets: at the beginning, the most, and after the end. */
  readonly handles: { readonly before: number; readonly most: number; readonly after: number }
  readonly databaseMb: number
  readonly walMb: number
  /** What `status` says of the recorder. */
  readonly recorder: string
}

/** Connections that may still be kept for the next request. */
export const SPARE_HANDLES = 12
const PROTOCOLS: readonly ProtocolId[] = ['openai-chat', 'openai-responses', 'anthropic-messages']

/** How long the hub waits for a word of a provider. */
const SILENCE_MS = 8000

/** One channel of each protocol: each question is relayed by one of them and converted by the two others. */
const config = (upstreams: readonly MoodyUpstream[]) => `
server: { llm_request_timeout: ${SILENCE_MS}ms, capture: { bodies: full, max_size: 64MB } }
routing: { breaker: { failures: 3, open_for: 1s, max_open_for: 2s } }
channels:
${upstreams
  .map(({ url }, index) => {
    const protocol = PROTOCOLS[index] ?? 'openai-chat'
    const base = protocol === 'anthropic-messages' ? url : `${url}/v1`
    return `  - { name: c${index}, endpoints: { ${protocol}: "${base}" } }`
  })
  .join('\n')}
`

function handlesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** What it holds once idle connections to the providers are let go, which takes half a minute at most. */
async function settled(pid: number, few: number): Promise<number> {
  const end = performance.now() + 40_000
  for (;;) {
    const handles = handlesOf(pid)
    if (handles <= few || performance.now() > end) return handles
    await sleep(250)
  }
}

type Stage = { readonly url: string; readonly key: string; readonly agent: Agent }

async function ask(stage: Stage, index: number): Promise<Reply | 'left'> {
  const asker = askerPaths[index % askerPaths.length] ?? askerPaths[0]
  const leaves = index % 19 === 7
  const controller = new AbortController()
  const reply = await request(stage.url + asker.path, {
    dispatcher: stage.agent,
    method: 'POST',
    signal: controller.signal,
    headers: {
      authorization: `Bearer ${stage.key}`,
      'content-type': 'application/json',
      'ah-trace-id': `trace-${index % 97}`,
    },
    body: realBodies(asker.protocol, asker.stream, index % 12, `mark-${index}`),
  })
  if (!leaves) return readReply(reply.statusCode, await reply.body.text())
  reply.body.on('error', () => undefined)
  await sleep(20)
  controller.abort()
  return 'left'
}

async function askAll(stage: Stage, upstreams: readonly MoodyUpstream[], settings: LongSoak) {
  const counts = { requests: 0, completed: 0, hurt: 0, refused: 0, starved: 0, leftAlone: 0 }
  const wrong: string[] = []
  const wrongByKind: Partial<Record<Wrong, number>> = {}
  const stillness = watchStillness()
  const end = performance.now() + settings.seconds * 1000
  let next = 0
  const worker = async () => {
    while (performance.now() < end) {
      const index = next++
      const mark = `mark-${index}`
      const askedAt = performance.now()
      const reply = await ask(stage, index).catch(unanswered)
      counts.requests += 1
      if (reply === 'left') {
        counts.leftAlone += 1
        continue
      }
      const broken = upstreams.some(({ hurt }) => hurt.has(mark))
      const silent = stillness.longestSince(askedAt) > SILENCE_MS - 1000
      const verdict = judge(mark, reply, broken)
      const isBad = verdict.type === 'wrong' || verdict.type === 'refused'
      if (isBad && silent && isStarved(mark, reply)) counts.starved += 1
      else if (verdict.type === 'wrong') {
        wrong.push(verdict.why)
        wrongByKind[verdict.kind] = (wrongByKind[verdict.kind] ?? 0) + 1
      } else counts[verdict.type] += 1
    }
  }
  await Promise.all(Array.from({ length: settings.atOnce }, worker))
  stillness.stop()
  return { ...counts, wrong, wrongByKind, stoodStillMs: stillness.longest() }
}

/** Somebody looks: status, models, a count of tokens. */
async function look(stage: Stage, signal: AbortSignal): Promise<void> {
  const headers = { authorization: `Bearer ${stage.key}`, 'content-type': 'application/json' }
  while (!signal.aborted) {
    const body = realBodies('anthropic-messages', false, 3, 'mark-count')
    await fetch(`${stage.url}/v1/messages/count_tokens`, { method: 'POST', headers, body })
    await (await fetch(`${stage.url}/v1/models`, { headers })).text()
    await fetch(`${stage.url}/v1/messages`, { method: 'POST', headers, body: '{"model":' })
    await sleep(2000)
  }
}

/** The built hub with the soak's channels, told to say what it holds. */
async function openHub(bench: Bench, upstreams: readonly MoodyUpstream[], agent: Agent) {
  await bench.run(['token'])
  writeFileSync(join(bench.hub, 'config.yml'), `${config(upstreams)}keys: { default: {} }\n`)
  const told = join(bench.home, 'memory')
  mkdirSync(told)
  await bench.run(['serve', '--detach'], { env: probing(told) })
  const stage = {
    url: await addressOf(bench),
    key: (await bench.run(['token'])).stdout.trim(),
    agent,
  }
  const pid = Number(printed(await bench.json(['status']), 'pid'))
  return { stage, pid, look: () => ({ memory: memoryOf(pid, told), handles: handlesOf(pid) }) }
}

export async function longSoak(settings: LongSoak): Promise<LongFigures> {
  const upstreams = await Promise.all(PROTOCOLS.map((protocol) => moodyUpstream(settings.pauseMs, protocol)))
  const bench = makeBench()
  const samples: { readonly memory: Memory; readonly handles: number }[] = []
  const over = new AbortController()
  const agent = new Agent({ connections: settings.atOnce })
  try {
    const hub = await openHub(bench, upstreams, agent)
    const startedAt = performance.now()
    const before = handlesOf(hub.pid)
    const timer = setInterval(() => samples.push(hub.look()), Math.min(5000, settings.seconds * 100))
    const sickening = makeSick(upstreams, over.signal)
    const looking = look(hub.stage, over.signal)
    const told = await askAll(hub.stage, upstreams, settings)
    const seconds = (performance.now() - startedAt) / 1000
    over.abort()
    const sicknesses = await sickening
    await looking
    clearInterval(timer)
    await agent.destroy()
    const status = await bench.json(['status'])
    const after = await settled(hub.pid, before + SPARE_HANDLES)
    const most = Math.max(...samples.map(({ handles }) => handles))
    return {
      ...told,
      sicknesses,
      seconds,
      memoryMb: quarters(samples.map(({ memory }) => memory)),
      memoryAfterMb: rounded(hub.look().memory),
      handles: { before, most, after },
      databaseMb: sizeMb(join(bench.hub, 'axonhub.db')),
      walMb: sizeMb(join(bench.hub, 'axonhub.db-wal')),
      recorder: JSON.stringify(member(status, 'recorder') ?? null),
    }
  } finally {
    over.abort()
    await bench.close()
    for (const upstream of upstreams) await upstream.close()
  }
}

function sizeMb(file: string): number {
  try {
    return Math.round(statSync(file).size / 1024 / 1024)
  } catch {
    return 0
  }
}
