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

function taskFor(scenario, target, requests) {
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

/** The figures of a scenario by target. */
export async function measure(scenario, { targets, upstream, client, rounds, share, warmShare = 1 }) {
  const { kind, events, paceMs, requests, warmUp } = scenario
  await upstream.ask({ kind, events, paceMs })
  const count = Math.max(scenario.connections, Math.round(requests * share))
  const used = targets.filter(({ name }) => scenario.targets?.includes(name) ?? true)
  for (const target of used) {
    await client.ask(
      taskFor(scenario, target, Math.max(scenario.connections, Math.round(warmUp * warmShare))),
    )
    if (target.name !== 'direct') await quiet(target.pid)
  }
  const told = Object.fromEntries(used.map(({ name }) => [name, []]))
  for (let round = 0; round < (scenario.rounds ?? rounds); round += 1) {
    for (const target of used) told[target.name].push(await once(scenario, target, client, count))
  }
  return Object.fromEntries(Object.entries(told).map(([name, list]) => [name, merged(list)]))
}
