// A question for the number of tokens may wrap the request, which then names its model itself: Google refuses one that is not
// that of the path. Every other byte stays as it is.

import { Buffer } from 'node:buffer'
import { type Edit, edited, members, textAt, topLevelSpans } from '../json-spans.js'

/** What a question calls the request that it wraps. */
export const WRAPPED = ['generateContentRequest', 'generate_content_request'] as const

/** The body with the wrapped request's model replaced; the same bytes when it wraps none, or names none. */
export function withWrappedModel(body: Uint8Array, model: string): Uint8Array {
  const wrapped = topLevelSpans(body, WRAPPED) ?? []
  const edits = wrapped.flatMap(({ value }) =>
    (members(body, value, ['model']) ?? []).map((member): Edit => {
      const prefix = textAt(body, member.value).startsWith('"models/') ? 'models/' : ''
      return { span: member.value, with: Buffer.from(JSON.stringify(`${prefix}${model}`), 'utf8') }
    }),
  )
  return edits.length === 0 ? body : edited(body, edits)
}
