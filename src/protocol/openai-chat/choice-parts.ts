// The parts of one choice, delta by delta: words, calls, images, sound. A whole message is one large delta, so both
// forms of an answer go through here.

import { isObject, type JsonObject, type JsonValue, list, object, objects, text } from '../../base/json.js'
import type { DecodeContext } from '../codec.js'
import type { IrEvent } from '../ir/event.js'
import type { MediaPart } from '../ir/part.js'
import type { Repeat } from '../sse/alike.js'
import { wordsOf } from './content-decode.js'
import { decodeMedia } from './media.js'
import { detailText, reasoningText } from './reasoning.js'
import { spokenParts } from './spoken-parts.js'
import { type Piece, thinkTags } from './think-tags.js'
import { toolCalls } from './tool-calls.js'
import { carryOf } from './wire.js'

export type ChoiceParts = {
  push(choice: JsonObject): IrEvent[]
  /** How a delta was read that added to the open part and said nothing else; `events`: what it told. */
  repeat(choice: JsonObject, events: readonly IrEvent[]): Repeat<IrEvent> | undefined
  /** What an answer or a chunk says beside its choices: the pages it rests on. */
  cite(answer: JsonObject): void
  /** Ends whatever is open. */
  end(): IrEvent[]
  hasCalls(): boolean
}

export function choiceParts(context: DecodeContext): ChoiceParts {
  let next = 0
  const nextIndex = () => next++
  const calls = toolCalls({
    nextIndex,
    newId: context.newId,
    tools: context.request.tools,
    footprint: context.footprint,
  })
  const speech = spokenParts(nextIndex, context.footprint, () => calls.pause())
  const tags = thinkTags()
  if (context.dialect.thinkTags === false) tags.settle()
  const sound = soundTrack()
  const images: JsonObject[] = []
  let shownSoFar = ''

  const say = (pieces: readonly Piece[]) =>
    pieces.length === 0 ? [] : pieces.flatMap((piece) => speech.say(piece.type, piece.text))

  function reason(delta: JsonObject): IrEvent[] {
    const details = objects(delta, 'reasoning_details')
    const shown = reasoningText(delta)
    const detailed = details.map(detailText).join('')
    shownSoFar += shown
    // Details may repeat, all at once and with their proof, what a field has shown piece by piece.
    const repeats = shown === '' && shownSoFar.includes(detailed)
    const said = shown === '' && !repeats ? detailed : shown
    const held = said === '' && details.length === 0 ? [] : say(tags.settle())
    const events = [...held, ...speech.say('reasoning', said)]
    speech.prove(details)
    return events
  }

  function reasonMore(words: string): IrEvent[] {
    shownSoFar += words
    return speech.say('reasoning', words)
  }

  function content(piece: Piece): IrEvent[] {
    return piece.type === 'text' ? say(tags.push(piece.text)) : [...say(tags.settle()), ...say([piece])]
  }

  function call(delta: JsonObject): IrEvent[] {
    const older = delta['function_call']
    const found = [
      ...objects(delta, 'tool_calls'),
      ...(isObject(older) ? [{ index: -1, function: older }] : []),
    ]
    if (found.length === 0) return []
    return [...say(tags.settle()), ...speech.close(), ...found.flatMap((piece) => calls.push(piece))]
  }

  return {
    push(choice) {
      // Some stream the whole answer as one `message`.
      const delta = object(choice, 'delta') ?? object(choice, 'message') ?? {}
      // First, because a whole message has its calls, which end the text, in the same delta.
      speech.annotate(objects(delta, 'annotations'))
      const events = [
        ...reason(delta),
        ...contentPieces(delta['content']).flatMap(content),
        ...speech.say('refusal', text(delta, 'refusal') ?? ''),
        ...speech.say('text', sound.push(delta)),
        ...call(delta),
      ]
      images.push(...objects(delta, 'images'))
      return events
    },
    repeat(choice, events) {
      const delta = object(choice, 'delta')
      const [event] = events
      if (delta === undefined || event === undefined || events.length !== 1) return undefined
      const [key, other] = Object.keys(delta).filter((name) => name !== 'role' && !isEmpty(delta[name]))
      if (key === undefined || other !== undefined) return undefined
      if (event.type === 'text-delta')
        return key === 'content' && tags.settled()
          ? { key, words: event.text, again: (words) => speech.say('text', words) }
          : undefined
      if (event.type === 'reasoning-delta' && typeof delta[key] === 'string' && key !== 'content')
        return { key, words: event.text, again: reasonMore }
      if (event.type === 'tool-call-delta' && key === 'tool_calls' && objects(delta, key).length === 1)
        return { key: 'arguments', words: event.input, again: (input) => calls.again(input) }
      return undefined
    },
    cite(answer) {
      const pages = citedPages(answer)
      if (pages.length > 0) speech.cite(pages)
    },
    end() {
      const events = [...say(tags.settle()), ...calls.end(), ...speech.close()]
      const media = [...images.map(decodeMedia), sound.end()].filter((part) => part !== undefined)
      return [...events, ...media.map((part): IrEvent => ({ type: 'media', index: nextIndex(), part }))]
    },
    hasCalls: () => calls.count() > 0,
  }
}

/** Perplexity and xAI list addresses in `citations`, beside the choices; `search_results` may have their titles. */
function citedPages(answer: JsonObject): JsonObject[] {
  const titles = new Map(
    objects(answer, 'search_results').map((page) => [text(page, 'url'), text(page, 'title')]),
  )
  return list(answer, 'citations').flatMap((url): JsonObject[] => {
    if (typeof url !== 'string') return []
    const title = titles.get(url)
    return [{ type: 'url_citation', url_citation: { url, ...(title === undefined ? {} : { title }) } }]
  })
}

/** Says nothing: null, no letter, no element. */
function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/** Content is a string, or a list of text and thinking chunks (Mistral). */
function contentPieces(content: JsonValue | undefined): Piece[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) return []
  return content.flatMap((part): Piece[] => {
    if (typeof part === 'string') return [{ type: 'text', text: part }]
    if (!isObject(part)) return []
    return [{ type: text(part, 'type') === 'thinking' ? 'reasoning' : 'text', text: wordsOf(part) }]
  })
}

/** Sound comes as pieces of base64 with a transcript beside it; the transcript is the answer's text. */
function soundTrack() {
  const data: string[] = []
  const head: JsonObject = {}
  return {
    /** The words of the piece. */
    push(delta: JsonObject): string {
      const audio = delta['audio']
      if (!isObject(audio)) return ''
      data.push(text(audio, 'data') ?? '')
      for (const key of ['id', 'expires_at']) {
        const value = audio[key]
        if (value !== undefined && value !== null) head[key] = value
      }
      return text(audio, 'transcript') ?? ''
    },
    end(): MediaPart | undefined {
      const joined = data.join('')
      if (joined === '') return undefined
      return {
        type: 'media',
        kind: 'audio',
        source: { type: 'base64', mediaType: 'audio/wav', data: joined },
        ...carryOf(Object.keys(head).length === 0 ? {} : { audio: head }),
      }
    },
  }
}
