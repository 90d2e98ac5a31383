// A conversion that is refused for one of its fields is asked once more without it, and the lesson is kept. Each field is
// given up once; a relay never, because its body belongs to the agent.

import { isObject, parseJson } from '../base/json.js'
import { lessonWords, withLessons } from '../protocol/learning/lessons.js'
import { type Lesson, lessonsOf } from '../protocol/learning/refused.js'
import type { AttemptResult, Exchange } from './exchange-state.js'
import type { Target } from './target.js'

/** How often one request may be asked again, each time without something else. */
const MOST_ROUNDS = 4

/** Errors that may be about a field. The others are about the whole request, or about its payment. */
const ABOUT_FIELDS = new Set(['upstream-rejected', 'unknown-model', 'unsupported', 'invalid-request'])

/** What was refused, of the fields that this target does not yet leave out. */
function newLessons(target: Target, result: AttemptResult, known: readonly Lesson[]): Lesson[] {
  if (target.mode !== 'convert' || result.type !== 'failed') return []
  const { error, raw, sent } = result
  if (raw === undefined || sent === undefined || !ABOUT_FIELDS.has(error.code)) return []
  const body = parseJson(Buffer.from(sent).toString('utf8'))
  if (!isObject(body)) return []
  const text = raw.body.toString('utf8')
  const refusal = { protocol: target.protocol, status: raw.status, body: parseJson(text) ?? text, sent: body }
  return lessonsOf(refusal).filter((lesson) => !known.includes(lesson))
}

export type LearnedResult = {
  readonly result: AttemptResult
  /** The number of the last attempt. */
  readonly number: number
}

/** Asks by `once` until the target answers or refuses for a reason that nothing can be learned of. */
export async function attemptLearning(
  exchange: Exchange,
  target: Target,
  first: number,
  once: (target: Target, number: number) => Promise<AttemptResult>,
): Promise<LearnedResult> {
  const { deps, outcome } = exchange
  let known = deps.learned.lessonsFor(target.channel, target.model)
  let current = target
  for (let number = first; ; number++) {
    const result = await once(current, number)
    const lessons = number - first < MOST_ROUNDS ? newLessons(current, result, known) : []
    if (lessons.length === 0 || result.type !== 'failed') return { result, number }
    const { channel, model } = target
    const reason = result.error.message
    for (const lesson of lessons) deps.learned.learn({ channel, model, lesson, reason })
    known = [...known, ...lessons]
    current = { ...current, dialect: withLessons(current.dialect, lessons) }
    const words = lessons.map(lessonWords).join(', ')
    outcome.reasons = [
      ...outcome.reasons,
      `channel ${channel}: refused ${words} for ${model} with status ${result.raw?.status ?? 400}, ${reason}; asked again without`,
    ]
    deps.log.info('upstream.learned', { request: exchange.id, channel, model, lessons: lessons.join(', ') })
  }
}
