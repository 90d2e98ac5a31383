// What was asked and answered, in the form that the conventions for generative AI give messages. Made only where the
// user asked for content in the spans; secrets are taken out of it.

import { parseJson } from '../base/json.js'
import { removeSecrets } from '../base/secret-forms.js'
import type { IrPart } from '../protocol/ir/part.js'
import type { IrTurn } from '../protocol/ir/request.js'
import { answerOf, requestOf } from '../protocol/read-bodies.js'
import { bodySize, wholeBody } from '../store/body-bytes.js'
import type { RecordedBody, RequestFinished, RequestStarted } from '../store/record.js'

/** Larger bodies would be felt by the streams that run; their spans go without content. */
const MOST_BYTES = 2 * 1024 * 1024

type Story = { readonly started: RequestStarted; readonly finished: RequestFinished }

function textOf(body: RecordedBody | undefined): string | undefined {
  if (body === undefined || bodySize(body) > MOST_BYTES) return undefined
  return Buffer.from(wholeBody(body)).toString('utf8')
}

function part(one: IrPart): object[] {
  switch (one.type) {
    case 'text':
      return [{ type: 'text', content: one.text }]
    case 'reasoning':
      return one.text === '' ? [] : [{ type: 'reasoning', content: one.text }]
    case 'tool-call':
      return [{ type: 'tool_call', id: one.id, name: one.name, arguments: parseJson(one.input) ?? one.input }]
    case 'tool-result':
      return [{ type: 'tool_call_response', id: one.callId, response: one.content.flatMap(part) }]
    case 'media':
      return [{ type: one.kind }]
    case 'opaque':
      return one.fallback === undefined ? [] : [{ type: 'text', content: one.fallback }]
  }
}

function message({ role, parts }: Pick<IrTurn, 'role' | 'parts'>): object {
  return { role, parts: parts.flatMap(part) }
}

/** The messages that are new in the request, and its answer; undefined where they are not kept or too large. */
export function spanContent({ started, finished }: Story): { input: string; output: string } | undefined {
  const asked = textOf(started.body)
  if (asked === undefined) return undefined
  const request = requestOf(started.protocol, asked)
  const turns = request?.turns ?? []
  const fresh = turns.slice(turns.findLastIndex(({ role }) => role === 'assistant') + 1)
  const parts = answerOf(request, started.protocol, textOf(finished.responseBody) ?? '')
  const output = [{ ...message({ role: 'assistant', parts }), finish_reason: finished.stopReason ?? 'error' }]
  const clean = (value: unknown) => removeSecrets(JSON.stringify(value)).text
  return { input: clean(fresh.map(message)), output: clean(output) }
}
