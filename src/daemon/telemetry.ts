// What goes out to the systems that a team runs already: spans to a collector where one is configured, figures to whoever
// asks the control socket. The packages for it are loaded when they are needed first.

import { asHubError, sentence } from '../base/errors.js'
import type { Channel } from '../config/channels.js'
import type { Config } from '../config/schema.js'
import type { RecordMessage, RequestStarted } from '../store/record.js'
import type { Metrics, Standing } from '../telemetry/metrics.js'
import type { OtlpExport } from '../telemetry/otlp.js'
import { openTally } from '../telemetry/tally.js'
import type { Log } from './log.js'
import { spanContent } from './span-content.js'

export type Telemetry = {
  /** Takes note of a message; never waits, never throws. */
  note(message: RecordMessage): void
  /** Follows the configuration in force; resolves when what it says holds. */
  apply(): Promise<void>
  /** What a person should know, for status. */
  warnings(): readonly string[]
  /** Prometheus text. */
  metrics(standing: Omit<Standing, 'collectorWell'>): Promise<{ type: string; text: string }>
  close(): Promise<void>
}

export type TelemetryDeps = {
  readonly log: Log
  readonly version: string
  readonly config: () => Config
  readonly channels: () => readonly Channel[]
  /** Resolves a reference of the configuration. Throws HubError `secret-unavailable`. */
  readonly secret: (reference: string) => Promise<string>
}

type Settings = Config['telemetry']['otlp']

const TRACES = '/v1/traces'

/** Collectors are told by their base, as in the SDK's own variables; a whole path is taken as it is. */
function tracesUrl(endpoint: string): string {
  return endpoint.endsWith(TRACES) ? endpoint : endpoint + TRACES
}

async function resolvedHeaders(
  headers: Settings['headers'],
  secret: TelemetryDeps['secret'],
): Promise<Record<string, string>> {
  const entries = Object.entries(headers).map(
    async ([name, value]) =>
      [name, /^(keychain|env|cmd|file):/.test(value) ? await secret(value) : value] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

/** Bodies are held only as long as they are needed: where content is sent. */
function withoutBody(message: RecordMessage): RecordMessage {
  switch (message.type) {
    case 'request-started': {
      const { body: _body, ...rest }: RequestStarted = message
      return rest
    }
    case 'attempt-finished': {
      const { requestBody: _request, responseBody: _response, ...rest } = message
      return rest
    }
    case 'request-finished': {
      const { responseBody: _body, ...rest } = message
      return rest
    }
  }
}

export function openTelemetry(deps: TelemetryDeps): Telemetry {
  const tally = openTally()
  let spans: OtlpExport | undefined
  let inForce = ''
  let refused: string | undefined
  let metrics: Promise<Metrics> | undefined

  const open = async ({ endpoint, headers, content }: Settings): Promise<OtlpExport | undefined> => {
    if (endpoint === undefined) return undefined
    const [{ openOtlp }, sent] = await Promise.all([
      import('../telemetry/otlp.js'),
      resolvedHeaders(headers, deps.secret),
    ])
    return openOtlp({
      url: tracesUrl(endpoint),
      headers: sent,
      version: deps.version,
      providerOf: (channel) => deps.channels().find(({ name }) => name === channel)?.provider,
      ...(content ? { contentOf: spanContent } : {}),
      failed: (message) => deps.log.warn('telemetry.failed', { message }),
    })
  }
  const warning = () => {
    if (refused !== undefined) return `Spans are not sent: ${refused}`
    const trouble = spans?.trouble()
    return trouble === undefined
      ? undefined
      : `The collector of telemetry.otlp takes no spans (${trouble}); requests are answered all the same.`
  }

  return {
    note(message) {
      if (message.type !== 'request-started') tally.note(message)
      spans?.note(deps.config().telemetry.otlp.content ? message : withoutBody(message))
    },
    async apply() {
      const settings = deps.config().telemetry.otlp
      const wanted = JSON.stringify(settings)
      if (wanted === inForce) return
      inForce = wanted
      const before = spans
      spans = undefined
      refused = undefined
      await before?.close()
      try {
        spans = await open(settings)
      } catch (thrown) {
        refused = sentence(asHubError(thrown))
        inForce = ''
        deps.log.warn('telemetry.failed', { message: refused })
      }
    },
    warnings: () => [warning()].filter((words) => words !== undefined),
    async metrics(standing) {
      metrics ??= import('../telemetry/metrics.js').then(({ openMetrics }) => openMetrics(tally))
      const collectorWell = spans === undefined ? undefined : spans.trouble() === undefined
      return (await metrics).text({ ...standing, collectorWell })
    },
    close: async () => spans?.close(),
  }
}
