// What the hub did since it began, as Prometheus text, in a registry of its own. Law: names that agents choose cannot make
// the number of series grow without bound.

import { Counter, Gauge, Registry } from 'prom-client'
import type { Tally } from './tally.js'

/** How things stand when somebody looks. */
export type Standing = {
  readonly running: number
  /** Requests that showed no key of this hub. */
  readonly refused: number
  readonly droppedBodies: number
  readonly rejectedRecords: number
  readonly queuedBytes: number
  /** Every channel of the configuration; resting: it is asked last for now. */
  readonly channels: readonly {
    readonly name: string
    readonly enabled: boolean
    readonly resting: boolean
  }[]
  readonly quotas: readonly {
    readonly channel: string
    readonly account: string
    readonly meter: string
    readonly window: string
    readonly usedPercent: number
  }[]
  /** US dollars since the hub began, of requests that have a price. */
  readonly costs: readonly { readonly model: string; readonly dollars: number }[]
  /** Spans that no collector took. Undefined: none is configured. */
  readonly collectorWell: boolean | undefined
}

export type Metrics = {
  /** The text of the exposition format, and its content type. */
  text(standing: Standing): Promise<{ readonly type: string; readonly text: string }>
}

/** Distinct names of a label, and how long they may be; what comes of agents is bounded where it is counted. */
const MOST_NAMES = 200
const LONGEST_NAME = 128

function meters(registers: Registry[]) {
  return {
    requests: new Counter({
      name: 'axonhub_requests_total',
      help: 'Requests of agents that are over.',
      labelNames: ['channel', 'model', 'outcome'] as const,
      registers,
    }),
    attempts: new Counter({
      name: 'axonhub_attempts_total',
      help: 'Upstreams that were tried, by how it ended: ok or the code of the error.',
      labelNames: ['channel', 'result'] as const,
      registers,
    }),
    tokens: new Counter({
      name: 'axonhub_tokens_total',
      help: 'Tokens that providers reported. The kinds do not overlap, but reasoning is a part of output.',
      labelNames: ['channel', 'model', 'kind'] as const,
      registers,
    }),
  }
}

function gauges(registers: Registry[]) {
  const gauge = <const L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name, help, labelNames, registers })
  return {
    cost: new Counter({
      name: 'axonhub_cost_dollars_total',
      help: 'US dollars by list prices since the hub began; requests without a price are not in it.',
      labelNames: ['model'] as const,
      registers,
    }),
    refused: new Counter({
      name: 'axonhub_requests_refused_total',
      help: 'Requests that showed no key of this hub; they are in no other figure.',
      registers,
    }),
    dropped: new Counter({
      name: 'axonhub_recorder_dropped_bodies_total',
      help: 'Bodies that were not kept because too much waited to be stored.',
      registers,
    }),
    rejected: new Counter({
      name: 'axonhub_recorder_rejected_records_total',
      help: 'Records that could not be stored.',
      registers,
    }),
    running: gauge('axonhub_requests_running', 'Requests that are being answered.', []),
    queued: gauge('axonhub_recorder_queued_bytes', 'Bytes of bodies that wait to be stored.', []),
    up: gauge('axonhub_channel_up', '1: asked in its turn. 0: disabled, or asked last for now.', ['channel']),
    quota: gauge('axonhub_quota_used_percent', 'What is used up of a plan or limit.', [
      'channel',
      'account',
      'meter',
      'window',
    ]),
    collector: gauge('axonhub_collector_up', '1: the OTLP collector takes spans. 0: it does not.', []),
  }
}

const TOKEN_KINDS = ['input_fresh', 'cache_read', 'cache_write', 'output', 'reasoning'] as const
const OUTCOMES = ['completed', 'failed', 'canceled'] as const

/** Writes what was counted into the meters, in the place of what stood there. */
function tell(counted: ReturnType<typeof meters>, tally: Tally): void {
  for (const meter of Object.values(counted)) meter.reset()
  for (const { channel, models, results } of tally.channels()) {
    for (const [result, times] of results) counted.attempts.inc({ channel, result }, times)
    for (const { model, outcomes, tokens } of models.values()) {
      for (const outcome of OUTCOMES)
        if (outcomes[outcome] > 0) counted.requests.inc({ channel, model, outcome }, outcomes[outcome])
      for (const kind of TOKEN_KINDS)
        if (tokens[kind] > 0) counted.tokens.inc({ channel, model, kind }, tokens[kind])
    }
  }
}

const TIMES = {
  firstToken: ['axonhub_first_token_seconds', 'From the request to its first token.'],
  duration: ['axonhub_request_duration_seconds', 'From the request to the end of its answer.'],
} as const

/** The histograms. */
function times(tally: Tally): string {
  const head = ([name, help]: readonly [string, string]) =>
    `# HELP ${name} ${help}\n# TYPE ${name} histogram\n`
  const channels = [...tally.channels()]
  const [first] = TIMES.firstToken
  const [whole] = TIMES.duration
  return [
    head(TIMES.firstToken),
    ...channels
      .filter(({ firstToken }) => firstToken.count > 0)
      .map(({ channel, firstToken }) => firstToken.lines(first, { channel })),
    '\n',
    head(TIMES.duration),
    ...channels.flatMap(({ channel, durations }) =>
      [...durations].map(([outcome, spread]) => spread.lines(whole, { channel, outcome })),
    ),
  ].join('')
}

export function openMetrics(tally: Tally): Metrics {
  const registry = new Registry()
  const counted = meters([registry])
  const looked = gauges([registry])
  return {
    async text(standing) {
      tell(counted, tally)
      show(looked, standing)
      return { type: registry.contentType, text: `${await registry.metrics()}\n${times(tally)}` }
    },
  }
}

/** Figures that are known whole elsewhere take the place of those shown before. */
function show(looked: ReturnType<typeof gauges>, standing: Standing): void {
  for (const meter of Object.values(looked)) meter.reset()
  looked.running.set(standing.running)
  looked.queued.set(standing.queuedBytes)
  looked.refused.inc(standing.refused)
  looked.dropped.inc(standing.droppedBodies)
  looked.rejected.inc(standing.rejectedRecords)
  for (const { name, enabled, resting } of standing.channels)
    looked.up.set({ channel: name }, enabled && !resting ? 1 : 0)
  for (const { usedPercent, ...labels } of standing.quotas) looked.quota.set(labels, usedPercent)
  for (const { model, dollars } of standing.costs.slice(0, MOST_NAMES))
    looked.cost.inc({ model: model.slice(0, LONGEST_NAME) }, dollars)
  if (standing.collectorWell !== undefined) looked.collector.set(standing.collectorWell ? 1 : 0)
}
