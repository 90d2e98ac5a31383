// What is written down of a request's query string: its names, and those values that are plain settings (`beta=true`,
// `api-version=…`). Law: what could be a credential or somebody's words is not kept.

/** Parts of names whose values are never kept, however plain they look. */
const PRIVATE = /key|token|secret|sig|pass|auth|code|cred|session|jwt|bearer|user|mail/i
/** A switch, a number, a date, a version. */
const PLAIN = /^(?:|true|false|v?[\d.:-]{1,16}(?:-preview|-beta)?|json|sse)$/
const NAME = /^[\w.[\]-]{1,64}$/
/** No parameter is called so: a token that stands alone. */
const MADE = /^(?=.*\d).{16,}$/
const MOST = 20

function kept(part: string): string {
  const at = part.indexOf('=')
  const name = at < 0 ? part : part.slice(0, at)
  if (!NAME.test(name) || MADE.test(name)) return '…'
  if (at < 0) return PRIVATE.test(name) ? '…' : name
  const value = part.slice(at + 1)
  return `${name}=${!PRIVATE.test(name) && PLAIN.test(value) ? value : '…'}`
}

/** `search` with its question mark, or ''; the answer alike. */
export function recordedQuery(search: string): string {
  if (search.length <= 1) return ''
  return `?${search.slice(1).split('&').slice(0, MOST).map(kept).join('&')}`
}
