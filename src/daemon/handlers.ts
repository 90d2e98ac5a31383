// One handler for each kind of endpoint. Model requests go to the exchange; the rest is answered here.

import { asHubError, HubError } from '../base/errors.js'
import { onceForEach } from '../base/once-for-each.js'
import type { Config } from '../config/schema.js'
import { codecOf } from '../protocol/registry.js'
import { authenticate, type Caller } from './authenticate.js'
import { countTokens } from './count-tokens.js'
import type { Named } from './endpoints.js'
import { type ExchangeQuestion, exchange } from './exchange.js'
import type { ExchangeDeps } from './exchange-state.js'
import { isGeminiPath } from './gemini-path.js'
import type { HubParts } from './hub-parts.js'
import { agentOf, type TraceSettings } from './identify.js'
import { modelsReply } from './models-reply.js'
import { relayOpenAiPath } from './openai-path.js'
import { requestIdHeader } from './request-id.js'
import { logUntraced } from './request-line.js'
import type { Handled } from './server.js'

/** Where the ids of conversations may stand, by the configuration in force. */
export function traceSettings(parts: Pick<HubParts, 'inForce'>): TraceSettings {
  return traceSettingsOf(parts.inForce.loaded().config)
}

const traceSettingsOf = onceForEach(({ server: { trace } }: Config): TraceSettings => {
  return {
    traceHeader: trace.trace_header,
    threadHeader: trace.thread_header,
    extraTraceHeaders: trace.extra_trace_headers,
    extraTraceBodyFields: trace.extra_trace_body_fields,
    claudeCode: trace.claude_code_trace_enabled,
    codex: trace.codex_trace_enabled,
  }
})

function question(
  handled: Handled,
  parts: HubParts,
  protocol: ExchangeQuestion['codec']['id'],
  named?: Named,
): ExchangeQuestion {
  const { incoming, outgoing, path, search, requestId } = handled
  return {
    named,
    queryKey: queryKeyOf(handled),
    incoming,
    outgoing,
    path,
    search,
    requestId,
    codec: codecOf(protocol),
    keys: parts.keys(),
    trace: traceSettings(parts),
    maxAttempts: parts.inForce.loaded().config.routing.max_attempts,
  }
}

export function idHeader({ incoming, requestId }: Handled, parts: HubParts): Record<string, string> {
  const { request_header: name } = parts.inForce.loaded().config.server.trace
  return requestIdHeader(incoming.headers, name, requestId)
}

function sendValue(handled: Handled, parts: HubParts, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value))
  handled.outgoing.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(body.length),
    ...idHeader(handled, parts),
  })
  handled.outgoing.end(handled.incoming.method === 'HEAD' ? undefined : body)
}

/** Gemini's clients may put their key into the query; nobody else's query is looked at. */
function queryKeyOf(handled: Handled): string | undefined {
  return isGeminiPath(handled.path) ? (handled.query().get('key') ?? undefined) : undefined
}

function callerOf(handled: Handled, parts: HubParts): Caller {
  return authenticate(handled.incoming.headers, queryKeyOf(handled), parts.keys())
}

/** Writes the line of a request that has no trace; its error goes on to who answers it. */
async function logged(handled: Handled, deps: ExchangeDeps, act: () => Promise<void>): Promise<void> {
  const { incoming, outgoing, path, requestId } = handled
  const startedAt = deps.clock.monotonic()
  const about = { requestId, agent: agentOf(incoming.headers).agent, path }
  const since = () => deps.clock.monotonic() - startedAt
  try {
    await act()
    logUntraced(deps.log, { ...about, status: outgoing.statusCode, durationMs: since() })
  } catch (thrown) {
    const { code } = asHubError(thrown)
    logUntraced(deps.log, { ...about, durationMs: since(), code })
    throw thrown
  }
}

/** Answers what the endpoint table lets through. Throws HubError for what cannot be answered. */
export function createHandler(
  parts: HubParts,
  deps: ExchangeDeps,
): (handled: Handled) => Promise<void> | void {
  const answer = answering(parts, deps)
  const counted = async (handled: Handled) => {
    try {
      await answer(handled)
    } catch (thrown) {
      if (asHubError(thrown).code === 'authentication') deps.refused()
      throw thrown
    }
  }
  // An exchange answers and counts by itself.
  return (handled) => (handled.endpoint.type === 'generate' ? answer(handled) : counted(handled))
}

function answering(parts: HubParts, deps: ExchangeDeps): (handled: Handled) => Promise<void> | void {
  return (handled) => {
    const { endpoint, outgoing } = handled
    switch (endpoint.type) {
      case 'generate':
        return exchange(question(handled, parts, endpoint.protocol, endpoint.named), deps)
      case 'count-tokens':
        return countTokens(question(handled, parts, endpoint.protocol, endpoint.named), endpoint, deps, parts)
      case 'models': {
        const reply = modelsReply(handled, endpoint, callerOf(handled, parts), parts)
        return reply.then((value) => sendValue(handled, parts, 200, value))
      }
      case 'openai-path':
        return logged(handled, deps, () =>
          relayOpenAiPath(question(handled, parts, 'openai-chat'), endpoint.path, deps),
        )
      case 'health':
        return sendValue(handled, parts, 200, { status: 'ok', version: parts.options.version })
      case 'probe':
        outgoing.writeHead(200, idHeader(handled, parts))
        outgoing.end()
        return
      case 'unknown':
      case 'wrong-method':
        throw new HubError('unknown-path', `${handled.path} is not served.`)
    }
  }
}
