// What an export is made of: a conversation's requests with their bodies as text, secrets removed. Law: nothing gets
// from a store into an export but through here.
import { REMOVED } from '../base/secret-forms.js'
import type { IrPart } from '../protocol/ir/part.js'
import type { IrTurn } from '../protocol/ir/request.js'
import { answerOf, requestOf } from '../protocol/read-bodies.js'
import type { BodyName, BodyQuestion, RequestView, TraceView } from '../store/views.js'
import type { Redactor } from './redact.js'

export type ExportedBody = { readonly which: BodyName; readonly attempt: number; readonly text: string }

export type ExportedRequest = {
  readonly view: RequestView
  readonly bodies: readonly ExportedBody[]
  /** What is new in it: all turns of a first request, else those after the last answer. Empty when it cannot be read. */
  readonly asked: readonly IrTurn[]
  readonly answered: readonly IrPart[]
}

export type Bundle = {
  readonly trace: Omit<TraceView, 'turns'>
  readonly turns: readonly {
    readonly number: number
    readonly startedAt: number
    readonly requests: readonly ExportedRequest[]
  }[]
}

/** Takes out what only the hub knows to be a secret. */
export type Hide = (text: string) => Promise<string>

/** Stands in no text of a trace. */
const BREAK = '\u0000\n'

/** Reads all bodies that are kept, one after another. */
export async function bundleOf(
  told: TraceView,
  readBody: (question: BodyQuestion) => Promise<Uint8Array>,
  redact: Redactor,
  hide: Hide = async (text) => text,
): Promise<Bundle> {
  const trace = await hidden(told, hide)
  const { turns, ...head } = redacted(trace, redact)
  const lanes = new Set<string>()
  const result: Bundle['turns'][number][] = []
  for (const turn of turns) {
    const requests: ExportedRequest[] = []
    for (const view of turn.requests) {
      const bodies: ExportedBody[] = []
      for (const { which, attempt } of view.bodies) {
        const bytes = await readBody({ request: view.id, which, ...(attempt === 0 ? {} : { attempt }) })
        bodies.push({ which, attempt, text: redact(await hide(Buffer.from(bytes).toString())) })
      }
      const lane = `${view.purpose} ${view.subagent ?? ''}`
      requests.push(await exported(view, bodies, !lanes.has(lane), { redact, hide }))
      lanes.add(lane)
    }
    result.push({ number: turn.number, startedAt: turn.startedAt, requests })
  }
  return { trace: head, turns: result }
}

async function exported(
  view: RequestView,
  bodies: readonly ExportedBody[],
  first: boolean,
  { redact, hide }: { readonly redact: Redactor; readonly hide: Hide },
): Promise<ExportedRequest> {
  const textOf = (which: BodyName) => bodies.find((body) => body.which === which)?.text ?? ''
  const request = requestOf(view.protocol, textOf('request'))
  const asked = request?.turns ?? []
  const lastAnswer = asked.findLastIndex(({ role }) => role === 'assistant')
  const answered = answerOf(request, view.protocol, textOf('response'))
  // A secret that a stream brings in pieces is seen only in the whole answer; then the pieces are not told.
  const said = JSON.stringify(answered)
  const clean = redact(await hide(said))
  const leaks = clean !== said
  return {
    view,
    bodies: leaks ? bodies.map((body) => withoutStream(body)) : bodies,
    asked: first ? asked : asked.slice(lastAnswer + 1),
    answered: leaks ? await redactedParts(answered, async (text) => redact(await hide(text))) : answered,
  }
}

function withoutStream(body: ExportedBody): ExportedBody {
  const isAnswer = body.which === 'response' || body.which === 'upstream-response'
  return isAnswer ? { ...body, text: `${REMOVED}: the answer holds a secret in pieces` } : body
}

function redactedParts(parts: readonly IrPart[], clean: Hide): Promise<IrPart[]> {
  return Promise.all(
    parts.map(async (part): Promise<IrPart> => {
      if (part.type === 'text' || part.type === 'reasoning') return { ...part, text: await clean(part.text) }
      if (part.type === 'tool-call') return { ...part, input: await clean(part.input) }
      return { type: 'text', text: REMOVED }
    }),
  )
}

/** All texts of the view in one question. */
async function hidden(trace: TraceView, hide: Hide): Promise<TraceView> {
  const texts: string[] = []
  redacted(trace, (text) => {
    texts.push(text)
    return text
  })
  const clean = (await hide(texts.join(BREAK))).split(BREAK)
  let next = 0
  return redacted(trace, (text) => clean[next++] ?? text)
}

/** Every text of the view goes through the rules; numbers and names of fields stay. */
function redacted<T>(value: T, redact: Redactor): T
function redacted(value: unknown, redact: Redactor): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => redacted(item, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redacted(inner, redact)]))
}
