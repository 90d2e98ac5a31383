// What was said in a conversation, request by request, from as few bodies as do: an agent sends its whole history each
// time, so the newest body of a line has the results of all its tools. Law: what is not kept reads as nothing.
import type { IrPart } from '../protocol/ir/part.js'
import type { IrRequest } from '../protocol/ir/request.js'
import { answerOf, requestOf } from '../protocol/read-bodies.js'
import { isAddedContext } from '../store/prompt.js'
import type { BodyName, BodyQuestion, RequestView } from '../store/views.js'

export type SaidCall = {
  readonly name: string
  /** JSON text, or the free text of a tool that takes such. */
  readonly arguments: string
  /** What the tool gave back; undefined when no later request tells. */
  readonly result: { readonly text: string; readonly isError: boolean } | undefined
}

export type Said = {
  /** The user's own words that are new in it. */
  readonly asked: string
  readonly thinking: string
  readonly answered: string
  readonly calls: readonly SaidCall[]
}

export type ConversationLimits = {
  /** Requests whose answers are read, the newest. */
  readonly requests: number
  /** Bytes of request bodies that are read, the newest first. */
  readonly bytes: number
}

type Read = (question: BodyQuestion) => Promise<Uint8Array>

/** `all`: of one conversation, in order. By the id of the request; requests without an entry were not read. */
export async function readConversation(
  all: readonly RequestView[],
  read: Read,
  limits: ConversationLimits,
): Promise<Map<string, Said>> {
  const shown = all.slice(-limits.requests)
  const asked = await readRequests(shown, read, limits.bytes)
  const results = new Map([...asked.values()].flatMap(toolResults))
  const texts = await Promise.all(shown.map((view) => textOf(view, 'response', read)))
  return new Map(
    shown.map((view, index) => {
      const context = asked.get(view.id) ?? contextOf(view, shown, asked)
      const parts = answerOf(context, view.protocol, texts[index] ?? '')
      return [view.id, said(asked.get(view.id), parts, results)]
    }),
  )
}

async function textOf(view: RequestView, which: BodyName, read: Read): Promise<string> {
  if (!view.bodies.some((body) => body.which === which && body.attempt === 0)) return ''
  return Buffer.from(await read({ request: view.id, which })).toString('utf8')
}

const laneOf = ({ purpose, subagent }: RequestView) => `${purpose} ${subagent ?? ''}`

/** Of each turn and line the last request, which has the results of its tools, and the first, in which a user's words are new. */
async function readRequests(
  shown: readonly RequestView[],
  read: Read,
  bytes: number,
): Promise<Map<string, IrRequest>> {
  const place = (view: RequestView): [string, RequestView] => [`${view.turn} ${laneOf(view)}`, view]
  const last = new Map(shown.map(place))
  const first = new Map(shown.toReversed().map(place))
  const wanted = shown
    .filter((view) => last.get(place(view)[0]) === view || first.get(place(view)[0]) === view)
    .toReversed()
  const found = new Map<string, IrRequest>()
  let left = bytes
  for (const view of wanted) {
    left -= view.bodies.find(({ which }) => which === 'request')?.bytes ?? 0
    if (left < 0) break
    const request = requestOf(view.protocol, await textOf(view, 'request', read))
    if (request !== undefined) found.set(view.id, request)
  }
  return found
}

/** Another request of the same line, which has the same tools. */
function contextOf(
  view: RequestView,
  shown: readonly RequestView[],
  asked: ReadonlyMap<string, IrRequest>,
): IrRequest | undefined {
  const alike = shown.filter((other) => other.protocol === view.protocol && asked.has(other.id))
  const near = alike.find((other) => laneOf(other) === laneOf(view)) ?? alike[0]
  return near === undefined ? undefined : asked.get(near.id)
}

type Result = NonNullable<SaidCall['result']>

function toolResults({ turns }: IrRequest): [string, Result][] {
  return turns.flatMap(({ parts }) =>
    parts.flatMap((part): [string, Result][] =>
      part.type === 'tool-result'
        ? [[part.callId, { text: words(part.content), isError: part.isError === true }]]
        : [],
    ),
  )
}

function words(parts: readonly IrPart[]): string {
  return parts
    .flatMap((part) => {
      if (part.type === 'text') return [part.text]
      if (part.type === 'media') return [`(${part.kind}${part.name === undefined ? '' : ` ${part.name}`})`]
      return part.type === 'opaque' && part.fallback !== undefined ? [part.fallback] : []
    })
    .join('\n')
}

function said(
  request: IrRequest | undefined,
  parts: readonly IrPart[],
  results: ReadonlyMap<string, Result>,
): Said {
  const turns = request?.turns ?? []
  const fresh = turns.slice(turns.findLastIndex(({ role }) => role === 'assistant') + 1)
  const texts = (type: 'text' | 'reasoning') =>
    parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('\n')
  return {
    asked: fresh
      .filter(({ role }) => role === 'user')
      .map(({ parts: content }) =>
        words(content.filter((part) => part.type !== 'text' || !isAddedContext(part.text))),
      )
      .filter((text) => text !== '')
      .join('\n'),
    thinking: texts('reasoning'),
    answered: texts('text'),
    calls: parts.flatMap((part) =>
      part.type === 'tool-call'
        ? [{ name: part.name, arguments: part.input, result: results.get(part.id) }]
        : [],
    ),
  }
}
