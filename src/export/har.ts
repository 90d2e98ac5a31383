// A conversation as an HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/): what the agent and the hub
// said to each other, and after it each try with the provider.
import type { AttemptView, BodyName } from '../store/views.js'
import type { Bundle, ExportedRequest } from './bundle.js'

type Words = Readonly<Record<string, string>>

type Exchange = {
  readonly comment: string
  readonly method: string
  readonly url: string
  readonly startedAt: number
  readonly durationMs: number | null
  readonly firstByteMs: number | null
  readonly status: number | null
  readonly requestHeaders: Words
  readonly responseHeaders: Words
  readonly request: string | undefined
  readonly response: string | undefined
  readonly error: string | null
}

/** `hub`: the address of the hub, for the requests of the agent. */
export function har(bundle: Bundle, hub: string, version: string): string {
  const requests = bundle.turns.flatMap((turn) => turn.requests)
  const log = {
    version: '1.2',
    creator: { name: 'axonhub', version },
    comment: 'Headers by an allow-list; secrets are removed.',
    pages: bundle.turns.map(({ number, startedAt }) => ({
      startedDateTime: new Date(startedAt).toISOString(),
      id: `turn-${number}`,
      title: `Turn ${number}`,
      pageTimings: {},
    })),
    entries: requests.flatMap((request) =>
      [ofAgent(request, hub), ...request.view.attempts.map((attempt) => ofAttempt(request, attempt))].map(
        (exchange) => ({ pageref: `turn-${request.view.turn}`, ...entry(exchange) }),
      ),
    ),
  }
  return JSON.stringify({ log }, undefined, 1)
}

function bodyOf({ bodies }: ExportedRequest, which: BodyName, attempt: number): string | undefined {
  return bodies.find((body) => body.which === which && body.attempt === attempt)?.text
}

function ofAgent(request: ExportedRequest, hub: string): Exchange {
  const { view } = request
  return {
    ...view,
    comment: `${view.agent} to the hub, request ${view.id}`,
    url: `${hub}${view.path}`,
    requestHeaders: view.headers,
    responseHeaders: {},
    request: bodyOf(request, 'request', 0),
    response: bodyOf(request, 'response', 0),
    error: view.errorText,
  }
}

function ofAttempt(request: ExportedRequest, attempt: AttemptView): Exchange {
  return {
    ...attempt,
    comment: `the hub to ${attempt.channel}, try ${attempt.number} of request ${request.view.id} (${attempt.mode})`,
    method: 'POST',
    requestHeaders: {},
    responseHeaders: attempt.headers,
    request: bodyOf(request, 'upstream-request', attempt.number),
    response: bodyOf(request, 'upstream-response', attempt.number),
    error: attempt.errorText,
  }
}

function entry(exchange: Exchange) {
  const time = exchange.durationMs ?? 0
  const wait = Math.min(exchange.firstByteMs ?? time, time)
  const type = exchange.responseHeaders['content-type'] ?? guessedType(exchange.response)
  const size = (text: string | undefined) => (text === undefined ? -1 : Buffer.byteLength(text))
  return {
    startedDateTime: new Date(exchange.startedAt).toISOString(),
    time,
    request: {
      method: exchange.method,
      url: exchange.url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: headers(exchange.requestHeaders),
      queryString: parameters(exchange.url),
      ...(exchange.request === undefined
        ? {}
        : { postData: { mimeType: 'application/json', params: [], text: exchange.request } }),
      headersSize: -1,
      bodySize: size(exchange.request),
    },
    response: {
      status: exchange.status ?? 0,
      statusText: exchange.error ?? '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: headers(exchange.responseHeaders),
      content: {
        size: Math.max(0, size(exchange.response)),
        mimeType: type,
        ...(exchange.response === undefined ? {} : { text: exchange.response }),
      },
      redirectURL: '',
      headersSize: -1,
      bodySize: size(exchange.response),
    },
    cache: {},
    timings: { send: 0, wait, receive: time - wait },
    comment: exchange.comment,
  }
}

function parameters(url: string) {
  const [, query = ''] = url.split('?')
  return [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }))
}

function headers(words: Words) {
  return Object.entries(words).map(([name, value]) => ({ name, value }))
}

function guessedType(text: string | undefined): string {
  return text === undefined || text.startsWith('{') ? 'application/json' : 'text/event-stream'
}
