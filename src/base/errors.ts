// The one error class of the project. A code is a closed word that tables map to an HTTP status, a wire
// error type or an exit number; the message is for a person; the hint says what to do next.

export type ErrorCode =
  // the request of the agent
  | 'invalid-request' // malformed JSON, wrong types
  | 'too-large' // body over the limit
  | 'unsupported' // understood, but nothing here can do it
  | 'unknown-path' // no such endpoint
  | 'authentication' // the hub key is missing or unknown
  | 'permission' // the request is understood and refused (Host, Origin, policy)
  // routing
  | 'unknown-model' // no channel serves the model
  | 'no-channel' // no channel is configured, enabled or reachable
  | 'profile-missing' // the profile that should be used does not exist
  // upstream
  | 'upstream-authentication' // the provider refused the channel's credential (401, 403)
  | 'context-length' // the prompt does not fit
  | 'rate-limited' // slow down, comes back in seconds or minutes
  | 'quota-exhausted' // plan or balance is used up
  | 'content-filter' // the provider refused the content
  | 'overloaded' // 529, 503 or "at capacity"
  | 'upstream-rejected' // any other 4xx: the provider calls the request wrong
  | 'upstream-failed' // 5xx, an HTML page, an answer that cannot be read
  | 'upstream-unreachable' // refused, reset before the first byte, unknown host
  | 'upstream-timeout' // silent for longer than allowed
  | 'upstream-truncated' // the stream was cut
  | 'loop' // the hub is its own upstream
  // the hub's own life
  | 'config-invalid'
  | 'usage' // wrong flags or arguments on the command line
  | 'daemon-not-running'
  | 'daemon-already-running'
  | 'port-in-use'
  | 'refused' // would overwrite what the user changed
  | 'not-found' // a named thing (channel, key, trace) does not exist
  | 'secret-unavailable' // keychain, file, environment or command gave no secret
  | 'canceled' // the asker hung up
  | 'internal'

export type ErrorDetail = {
  /** What to do next, one sentence, shown after the message. */
  readonly hint?: string
  readonly cause?: unknown
  /** How long to wait before another try, in ms, when the provider said so. */
  readonly retryAfterMs?: number
  /** Nothing changes soon: an agent that tries again by itself only keeps its user waiting. */
  readonly final?: true
  /** When a used-up plan is free again, in ms since the epoch. */
  readonly resetsAt?: number
  /** The HTTP status of the upstream, when there was one. */
  readonly status?: number
  /** The upstream's own error type or code (for example `usage_limit_reached`). */
  readonly upstreamType?: string
  /** The parameter that the error is about, when known. */
  readonly param?: string
  /** The plan that a quota error speaks of. */
  readonly plan?: string
}

export class HubError extends Error {
  override readonly name = 'HubError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly detail: ErrorDetail = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
  }
}

/** What providers say ends in all manners, mostly without a stop, and in many languages. */
const ENDED = /[.!?…:;,。！？：；，][)"'”’`」』）]*$/u

/** The sentence for a person: message, then hint. */
export function sentence(error: HubError): string {
  const { hint } = error.detail
  if (hint === undefined) return error.message
  const message = error.message.trimEnd()
  if (message === '') return hint
  return `${message}${ENDED.test(message) ? '' : '.'} ${hint}`
}

/** Any thrown value as a HubError; a foreign error becomes `internal` and keeps its cause. */
export function asHubError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new HubError('internal', message, { cause: thrown })
}
