// What an agent of a soak made of an answer, and whether that is what it may get.
import { isObject, type JsonObject, objects, parseJson, text } from '../../src/base/json.js'
import { wholeText } from './moody-upstream.js'

export type Reply = {
  readonly status: number
  readonly said: string
  readonly clean: boolean
  readonly told: boolean
  /** The hub says of each of the three channels why it failed. */
  readonly allFailed: boolean
}

const CLEAN =
  /\[DONE\]|event: message_stop|"finish_reason":"stop"\}\]|event: response\.completed|"stop_reason":"end_turn"|"object":"response".*"status":"completed"/

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
    told: /"error":(?!null)|response\.failed/.test(answer),
    allFailed: ['c0: ', 'c1: ', 'c2: '].every((name) => answer.includes(name)),
  }
}

type Verdict =
  | { readonly type: 'completed' | 'hurt' | 'refused' }
  | { readonly type: 'wrong'; readonly why: string }

/** What came of a request; `broken` says that its provider broke it after content. */
export function judge(mark: string, reply: Reply, broken: boolean): Verdict {
  const whole = wholeText(mark)
  if (reply.status === 200 && reply.said === whole && reply.clean && !reply.told) return { type: 'completed' }
  if (broken && whole.startsWith(reply.said) && reply.said !== '' && reply.told && !reply.clean)
    return { type: 'hurt' }
  // Sickness goes from one channel to the next faster than some requests do.
  if (reply.status >= 400 && reply.allFailed && reply.said === '' && !reply.clean) return { type: 'refused' }
  const why = `${mark}: status ${reply.status}, said "${reply.said}", ${reply.clean ? 'clean end' : 'no clean end'}, ${reply.told ? 'error' : 'no error'}, ${broken ? 'broken' : 'not broken'} by its provider`
  return { type: 'wrong', why }
}
