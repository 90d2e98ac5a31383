// Sends finished requests to a collector (OTLP over HTTP, JSON), through the official SDK. Law: nothing here waits, throws
// into a request, or grows without bound; a collector that is away costs spans and one sentence.

import {
  type Context,
  type HrTime,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base'
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions'
import type { AttemptFinished, RecordMessage, RequestFinished, RequestStarted } from '../store/record.js'
import { type RequestStory, requestSpan, type SpanPlan, type StoryContext } from './spans.js'

export type OtlpOptions = {
  /** Where traces are taken, whole. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly version: string
  readonly providerOf: StoryContext['providerOf']
  /** What was asked and answered; absent: content is not sent. Called after the answer, outside of it. */
  readonly contentOf?: (story: RequestStory) => StoryContext['content']
  /** Told when the collector stops taking spans; not again before it took some. */
  readonly failed: (message: string) => void
  /** How long spans wait to be sent together, and how long a collector may take for them, ms. Default 2000 and 5000. */
  readonly delayMs?: number
  readonly timeoutMs?: number
}

export type OtlpExport = {
  /** Takes note of a message; spans leave after the last one of a request. Never waits, never throws. */
  note(message: RecordMessage): void
  /** Why the collector takes nothing now; undefined while it does. */
  trouble(): string | undefined
  /** Sends what waits, for two seconds at most. */
  close(): Promise<void>
}

/** Spans that may wait; what comes on top is dropped by the SDK. */
const MOST_WAITING = 2048
const EXPORT_MS = 5_000
const DELAY_MS = 2_000
const CLOSING_MS = 2_000
/** Requests whose end is awaited; more than ever run at once. */
const MOST_OPEN = 4096

type Open = { readonly started: RequestStarted; readonly attempts: AttemptFinished[] }

/** An exporter that tells how the last export went. */
function watched(exporter: SpanExporter, told: (error: Error | undefined) => void): SpanExporter {
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        told(result.code === 0 ? undefined : (result.error ?? new Error('it took no spans')))
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}

/** Whole seconds and nanoseconds, so that the SDK does not take a number for another clock's. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)]
}

function play(tracer: Tracer, plan: SpanPlan, parent: Context): void {
  const span = tracer.startSpan(
    plan.name,
    {
      kind: plan.kind === 'server' ? SpanKind.SERVER : SpanKind.CLIENT,
      startTime: hrTime(plan.startMs),
      attributes: Object.fromEntries(
        Object.entries(plan.attributes).map(([key, value]) => [key, isText(value) ? value : [...value]]),
      ),
    },
    parent,
  )
  for (const { name, atMs, attributes } of plan.events) {
    const fields = Object.entries(attributes).map(([key, value]) => [key, isText(value) ? value : [...value]])
    span.addEvent(name, Object.fromEntries(fields), hrTime(atMs))
  }
  if (plan.error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: plan.error })
  for (const child of plan.children) play(tracer, child, trace.setSpan(parent, span))
  span.end(hrTime(plan.endMs))
}

function isText(value: string | number | boolean | readonly string[]): value is string | number | boolean {
  return typeof value !== 'object'
}

function sentenceOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const words = (error.message === '' ? error.name : error.message).split('\n')[0]?.slice(0, 200) ?? ''
  return code === '' || words.includes(code) ? words : `${words} (${code})`
}

export function openOtlp(options: OtlpOptions): OtlpExport {
  let trouble: string | undefined
  const told = (error: Error | undefined) => {
    const before = trouble
    trouble = error === undefined ? undefined : sentenceOf(error)
    if (trouble !== undefined && before === undefined) options.failed(trouble)
  }
  const exporter = new OTLPTraceExporter({
    url: options.url,
    headers: { ...options.headers },
    timeoutMillis: options.timeoutMs ?? EXPORT_MS,
  })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      [ATTR_SERVICE_NAME]: 'axonhub',
      [ATTR_SERVICE_VERSION]: options.version,
    }),
    spanProcessors: [
      new BatchSpanProcessor(watched(exporter, told), {
        maxQueueSize: MOST_WAITING,
        maxExportBatchSize: 256,
        scheduledDelayMillis: options.delayMs ?? DELAY_MS,
        exportTimeoutMillis: 2 * (options.timeoutMs ?? EXPORT_MS),
      }),
    ],
  })
  const tracer = provider.getTracer('axonhub', options.version)
  const open = new Map<string, Open>()

  const finish = (begun: Open, finished: RequestFinished) => {
    const story = { ...begun, finished }
    try {
      const content = options.contentOf?.(story)
      play(tracer, requestSpan(story, { providerOf: options.providerOf, content }), ROOT_CONTEXT)
    } catch (thrown) {
      told(thrown instanceof Error ? thrown : new Error(String(thrown)))
    }
  }
  return {
    note(message) {
      if (message.type === 'request-started') {
        const [oldest] = open.keys()
        if (open.size >= MOST_OPEN && oldest !== undefined) open.delete(oldest)
        open.set(message.requestId, { started: message, attempts: [] })
        return
      }
      const begun = open.get(message.requestId)
      if (begun === undefined) return
      if (message.type === 'attempt-finished') begun.attempts.push(message)
      else {
        open.delete(message.requestId)
        // Behind the answer, which is on its way.
        setImmediate(finish, begun, message)
      }
    },
    trouble: () => trouble,
    async close() {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSING_MS)
      })
      await Promise.race([provider.shutdown().catch(() => undefined), late])
      clearTimeout(timer)
    },
  }
}
