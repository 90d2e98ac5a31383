// What the hub did since it began, as Prometheus text, in a registry of its own. Law: names that agents choose cannot make
// the number of series grow without bound.

import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { AttemptFinished, RequestFinished } from '../store/record.js'

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

/** What is counted of a message: small, so that many may wait until somebody asks. */
export type Figures =
  | Pick<
      RequestFinished,
      'type' | 'channel' | 'modelUsed' | 'outcome' | 'durationMs' | 'firstTokenMs' | 'usage'
    >
  | Pick<AttemptFinished, 'type' | 'channel' | 'outcome' | 'errorCode'>

export type Metrics = {
  note(figures: Figures): void
  /** The text of the exposition format, and its content type. */
  text(standing: Standing): Promise<{ readonly type: string; readonly text: string }>
}

/** Distinct names of a label; what comes after is counted as `other`. */
const MOST_NAMES = 200
const LONGEST_NAME = 128

/** Seconds; a first token may take minutes where a model thinks. */
const FIRST_TOKEN = [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300]
const DURATION = [0.25, 0.5, 1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1280]

function bounded() {
  const names = new Set<string>()
  return (name: string | undefined): string => {
    if (name === undefined) return 'none'
    const short = name.slice(0, LONGEST_NAME)
    if (names.has(short)) return short
    if (names.size >= MOST_NAMES) return 'other'
    names.add(short)
    return short
  }
}

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
    firstToken: new Histogram({
      name: 'axonhub_first_token_seconds',
      help: 'From the request to its first token.',
      labelNames: ['channel'] as const,
      buckets: FIRST_TOKEN,
      registers,
    }),
    duration: new Histogram({
      name: 'axonhub_request_duration_seconds',
      help: 'From the request to the end of its answer.',
      labelNames: ['channel', 'outcome'] as const,
      buckets: DURATION,
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

const OUTCOME = { completed: 'completed', failed: 'failed', canceled: 'canceled' } as const

export function openMetrics(): Metrics {
  const registry = new Registry()
  const counted = meters([registry])
  const looked = gauges([registry])
  const channelOf = bounded()
  const modelOf = bounded()

  const finished = (message: Extract<Figures, { type: 'request-finished' }>) => {
    const channel = channelOf(message.channel)
    const model = modelOf(message.modelUsed)
    const outcome = OUTCOME[message.outcome]
    counted.requests.inc({ channel, model, outcome })
    counted.duration.observe({ channel, outcome }, message.durationMs / 1000)
    if (message.firstTokenMs !== undefined)
      counted.firstToken.observe({ channel }, message.firstTokenMs / 1000)
    const { usage } = message
    if (usage === undefined) return
    const kinds = {
      input_fresh: usage.inputFresh,
      cache_read: usage.cacheRead,
      cache_write: usage.cacheWrite5m + usage.cacheWrite1h,
      output: usage.output,
      reasoning: usage.reasoning,
    }
    for (const [kind, tokens] of Object.entries(kinds))
      if (tokens > 0) counted.tokens.inc({ channel, model, kind }, tokens)
  }
  const attempted = ({ channel, outcome, errorCode }: Extract<Figures, { type: 'attempt-finished' }>) => {
    const result = outcome === 'completed' ? 'ok' : (errorCode ?? outcome)
    counted.attempts.inc({ channel: channelOf(channel), result })
  }

  return {
    note(figures) {
      if (figures.type === 'request-finished') finished(figures)
      else attempted(figures)
    },
    async text(standing) {
      show(looked, standing)
      return { type: registry.contentType, text: await registry.metrics() }
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
