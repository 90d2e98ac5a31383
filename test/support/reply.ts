// What an agent of a soak made of an answer, and whether that is what it may get.
import { isObject, type JsonObject, objects, parseJson, text } from '../../src/base/json.js'
import { wholeText } from './moody-upstream.js'

export type Reply = {
  readonly status: number
  readonly said: string
  readonly clean: boolean
  readonly told: boolean
  /** What it said of the error; empty when it said nothing of one. */
  readonly error: string
  /** The hub says of each of the three channels why it failed. */
  readonly allFailed: boolean
}

const CLEAN =
  /\[DONE\]|event: message_stop|"finish_reason":"stop"\}\]|event: response\.completed|"stop_reason":"end_turn"|"object":"response".*"status":"completed"/

const TOLD = /"error":(?!null)|response\.failed/

/** The agent got no answer at all, as when its connection broke. */
export function unanswered(thrown: unknown): Reply {
  const cause = thrown instanceof Error && 'code' in thrown ? ` (${String(thrown.code)})` : ''
  return {
    status: 0,
    said: '',
    clean: false,
    told: false,
    error: `${String(thrown)}${cause}`,
    allFailed: false,
  }
}

/** The words in one event or in a whole answer, of whatever protocol. */
function wordsIn(value: JsonObject): string {
  const { delta } = value
  if (value['type'] === 'response.output_text.delta') return typeof delta === 'string' ? delta : ''
  const words = isObject(delta) ? [text(delta, 'text') ?? ''] : []
  for (const choice of objects(value, 'choices'))
    for (const part of [choice['delta'], choice['message']])
      if (isObject(part)) words.push(text(part, 'content') ?? '')
  for (const block of objects(value, 'content')) words.push(text(block, 'text') ?? '')
  for (const item of objects(value, 'output'))
    for (const part of objects(item, 'content')) words.push(text(part, 'text') ?? '')
  return words.join('')
}

/** The words of an answer, in whatever protocol, and whether it ended well or with an error. */
export function readReply(status: number, answer: string): Reply {
  const words: string[] = []
  for (const line of answer.split('\n')) {
    const event = parseJson(line.startsWith('data: ') ? line.slice(6) : line)
    if (isObject(event)) words.push(wordsIn(event))
  }
  return {
    status,
    said: words.join(''),
    clean: CLEAN.test(answer),
    told: TOLD.test(answer),
    error: TOLD.test(answer)
      ? (/"message":"((?:[^"\\]|\\.)*)"/.exec(answer)?.[1] ?? answer.slice(0, 300))
      : '',
    allFailed: ['c0: ', 'c1: ', 'c2: '].every((name) => answer.includes(name)),
  }
}

/** How an answer can be wrong: the first that holds. */
export type Wrong =
  | 'no answer'
  | 'words that nobody said'
  | 'cut without being told'
  | 'well and told as an error'
  | 'refused though a channel was left'
  | 'an error in place of an answer'

type Verdict =
  | { readonly type: 'completed' | 'hurt' | 'refused' }
  | { readonly type: 'wrong'; readonly kind: Wrong; readonly why: string }

function kindOf(whole: string, { status, said, told, clean }: Reply): Wrong {
  if (status === 0) return 'no answer'
  if (!whole.startsWith(said)) return 'words that nobody said'
  if (!told) return 'cut without being told'
  if (clean) return 'well and told as an error'
  return status >= 400 ? 'refused though a channel was left' : 'an error in place of an answer'
}

/** An error that is the truth: the providers, who live in the soak's own process, stood still for as long as the hub waits. */
export function isStarved(mark: string, { said, told, clean, error }: Reply): boolean {
  return wholeText(mark).startsWith(said) && told && !clean && /silent for too long/.test(error)
}

/** What came of a request; `broken` says that its provider broke it after content. */
export function judge(mark: string, reply: Reply, broken: boolean): Verdict {
  const whole = wholeText(mark)
  const { status, said, clean, told, error } = reply
  if (status === 200 && said === whole && clean && !told) return { type: 'completed' }
  if (broken && whole.startsWith(said) && said !== '' && told && !clean) return { type: 'hurt' }
  // Sickness goes from one channel to the next faster than some requests do.
  if (status >= 400 && reply.allFailed && said === '' && !clean) return { type: 'refused' }
  const why = `${mark}: status ${status}, said "${said}", ${clean ? 'clean end' : 'no clean end'}, ${told ? 'error' : 'no error'} "${error}", ${broken ? 'broken' : 'not broken'} by its provider`
  return { type: 'wrong', kind: kindOf(whole, reply), why }
}
