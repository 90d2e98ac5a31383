// What went wrong between the hub and a provider, as the one error class. Socket errors name the host, never the path.

import { HubError } from '../base/errors.js'

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return ''
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code
  return thrown.cause === undefined ? '' : codeOf(thrown.cause)
}

const UNREACHABLE = new Map([
  ['ECONNREFUSED', 'refused the connection'],
  ['ENOTFOUND', 'has no address'],
  ['EAI_AGAIN', 'could not be looked up'],
  ['EHOSTUNREACH', 'cannot be reached'],
  ['ENETUNREACH', 'cannot be reached: no network'],
  ['ECONNRESET', 'closed the connection before it answered'],
  ['EPIPE', 'closed the connection before it answered'],
  ['UND_ERR_SOCKET', 'closed the connection before it answered'],
  ['UND_ERR_CONNECT_TIMEOUT', 'did not accept a connection in time'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'shows a certificate that is not trusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'shows a certificate that is not trusted'],
  ['CERT_HAS_EXPIRED', 'shows a certificate that has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'shows a certificate for another name'],
])

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'AbortError' || codeOf(thrown) === 'UND_ERR_ABORTED')
}

/**
 * Classifies what undici or node threw. `phase` says whether the answer's head had arrived: a socket that
 * breaks after it is a truncated answer, before it an unreachable provider.
 */
export function upstreamFailure(thrown: unknown, host: string, phase: 'head' | 'body'): HubError {
  if (thrown instanceof HubError) return thrown
  const code = codeOf(thrown)
  if (isAbort(thrown)) return new HubError('canceled', 'The request was canceled.', { cause: thrown })
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new HubError('upstream-timeout', `${host} was silent for too long.`, { cause: thrown })
  }
  if (phase === 'body') {
    return new HubError('upstream-truncated', `${host} broke off its answer.`, { cause: thrown })
  }
  const why = UNREACHABLE.get(code) ?? `could not be asked (${code || String(thrown)})`
  return new HubError('upstream-unreachable', `${host} ${why}.`, { cause: thrown })
}
