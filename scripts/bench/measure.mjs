// One scenario on all its targets: warmed up, then in rounds that alternate between the targets, so that whatever else the
// machine does meets all of them. What is told is the median of the rounds.

import { digest, jsonAnswer, streamEvents } from './bodies.mjs'
import { cpuMs, forgetPeak, loopDelay, memoryMb, quiet } from './processes.mjs'
import { modelTo, pathOf } from './targets.mjs'

const UPSTREAM_MODEL = 'bench-model'

export function median(values) {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}

/** How the client knows that an answer is right. */
function verifyOf({ from, to, events, paceMs, kind }) {
  if (paceMs > 0) return { type: 'stamps', events }
  if (to !== 'relay') return { type: 'text', events }
  const body =
    kind === 'json'
      ? JSON.stringify(jsonAnswer(from, UPSTREAM_MODEL, events))
      : streamEvents(from, UPSTREAM_MODEL, events).join('')
  return { type: 'digest', digest: digest(body) }
}

/** What the client is told of `requests` requests to one target. */
export function taskFor(scenario, target, requests) {
  const { from, to, kind, bytes, connections } = scenario
  const direct = target.key === undefined
  return {
    port: target.port,
    key: target.key,
    path: pathOf(from),
    // The pipe and the upstream know no channels: they answer in the protocol that is asked.
    request: {
      protocol: from,
      model: modelTo(to),
      stream: kind === 'stream',
      bytes,
      filler: scenario.filler,
    },
    verify: verifyOf(direct && scenario.paceMs === 0 ? { ...scenario, to: 'relay' } : scenario),
    connections,
    requests,
    session: `bench-${scenario.name}-${target.name}`,
  }
}

async function once(scenario, target, client, requests) {
  const isProxy = target.name !== 'direct'
  const looks = isProxy && scenario.paceMs > 0
  if (isProxy) forgetPeak(target.pid)
  if (looks) await loopDelay(target.pid)
  const before = cpuMs(target.pid)
  const done = await client.ask(taskFor(scenario, target, requests))
  const loop = looks ? await loopDelay(target.pid) : undefined
  await quiet(target.pid)
  const cpu = cpuMs(target.pid) - before
  return {
    wrong:
      done.wrong + (requests - done.answered - done.wrong > 0 ? requests - done.answered - done.wrong : 0),
    sample: done.sample,
    cpuPer1000: (cpu / requests) * 1000,
    perSecond: (done.answered / done.wallMs) * 1000,
    eventsPerSecond: (done.answered * scenario.events * 1000) / done.wallMs,
    firstByteP50: done.firstByte.p50,
    firstByteP99: done.firstByte.p99,
    totalP50: done.total.p50,
    delayP50: done.delay.p50,
    delayP99: done.delay.p99,
    loopP99: loop?.p99 ?? 0,
    peakMb: isProxy ? memoryMb(target.pid).peak : 0,
  }
}

function merged(rounds) {
  const [first] = rounds
  const wrong = rounds.reduce((sum, round) => sum + round.wrong, 0)
  const sample = rounds.find((round) => round.sample !== undefined)?.sample
  const figures = Object.keys(first).filter((name) => name !== 'wrong' && name !== 'sample')
  return {
    wrong,
    ...(sample === undefined ? {} : { sample }),
    ...Object.fromEntries(figures.map((name) => [name, median(rounds.map((round) => round[name]))])),
  }
}

/** Parts in which a warm-up is looked at. */
const WARM_STEPS = 6
/** Compiled is what costs no less than this share of the cheapest part before. */
const STEADY = 0.97

/**
 * Asks until another part of the warm-up is no cheaper than those before, but at least for half of it: V8 compiles what is called
 * often in the background, the larger functions only after a thousand requests. Returns how many requests it took.
 */
async function warmed(scenario, target, client, most) {
  const step = Math.max(scenario.connections, Math.ceil(most / WARM_STEPS))
  let cheapest = Number.POSITIVE_INFINITY
  let done = 0
  while (done < most) {
    const before = cpuMs(target.pid)
    await client.ask(taskFor(scenario, target, step))
    const cost = cpuMs(target.pid) - before
    done += step
    const isSteady = cost > cheapest * STEADY
    cheapest = Math.min(cheapest, cost)
    if (target.name === 'direct' || (isSteady && done >= most / 2)) break
  }
  if (target.name !== 'direct' && done > 0) await quiet(target.pid)
  return done
}

/** The figures of a scenario by target. */
export async function measure(
  scenario,
  { targets, upstream, client, rounds, share, warmShare = 1, brief = false },
) {
  const { kind, events, paceMs, requests, warmUp } = scenario
  await upstream.ask({ kind, events, paceMs })
  const count = Math.max(scenario.connections, Math.round(requests * share))
  // A paced answer takes its seconds on each target, and nothing is told as a ratio to the upstream.
  const used = targets.filter(({ name }) => !(brief && name === 'direct' && paceMs > 0))
  const most = Math.round(warmUp * (scenario.to === 'relay' ? 1 : warmShare))
  const warm = {}
  for (const target of used) warm[target.name] = await warmed(scenario, target, client, most)
  const told = Object.fromEntries(used.map(({ name }) => [name, []]))
  for (let round = 0; round < (scenario.rounds ?? rounds); round += 1) {
    for (const target of used) told[target.name].push(await once(scenario, target, client, count))
  }
  return Object.fromEntries(
    Object.entries(told).map(([name, list]) => [name, { ...merged(list), warmUp: warm[name] }]),
  )
}
