// Hanging up in the middle of an answer, as an agent does when its user presses Escape: the connection must be free at
// once, and the provider must not go on with the old answer while a new question waits.

import { HubError } from '../../base/errors.js'
import { ask, eventsOf, isContent } from './ask.js'
import { type Finding, finding } from './finding.js'
import { longQuestion, wordQuestion } from './questions.js'
import { QUESTION_MS, type Session, within } from './session.js'

/** How much later than usual the next answer may begin before it looks as if it had waited, ms. */
const GRACE_MS = 2_000

type HungUp =
  | { readonly type: 'hung-up'; readonly freeAfterMs: number }
  /** The answer was over before it could be hung up on. */
  | { readonly type: 'too-late' }

async function hangUp(session: Session): Promise<HungUp> {
  const { clock } = session.deps
  const controller = new AbortController()
  const limit = within(AbortSignal.any([session.signal, controller.signal]), QUESTION_MS)
  let startedAt: number | undefined
  try {
    for await (const event of eventsOf(session, longQuestion(session.way), limit.signal)) {
      if (event.type === 'error') throw event.error
      if (event.type === 'finish') return { type: 'too-late' }
      if (!isContent(event) || startedAt !== undefined) continue
      startedAt = clock.monotonic()
      controller.abort(new HubError('canceled', 'The test hangs up.'))
    }
  } catch (thrown) {
    if (startedAt === undefined || session.signal.aborted) throw thrown
    return { type: 'hung-up', freeAfterMs: clock.monotonic() - startedAt }
  } finally {
    limit.clear()
  }
  return { type: 'too-late' }
}

/** `usualMs`: after how long the first word of an answer comes when nothing was hung up on. */
export async function checkHangUp(session: Session, usualMs: number): Promise<Finding> {
  const end = await hangUp(session)
  if (end.type === 'too-late')
    return finding('cancel', 'unknown', 'the answer came at once, so there was nothing to hang up on')
  const next = await ask(session, wordQuestion(session.way))
  const free = `the connection was free after ${Math.round(end.freeAfterMs)} ms`
  if (next.firstMs > usualMs * 3 + GRACE_MS) {
    const waited = (next.firstMs / 1000).toFixed(1)
    return finding('cancel', 'no', `${free}, but the next answer waited ${waited} s for the old one`)
  }
  return finding('cancel', 'yes', `${free}, and the next answer came as fast as usual`)
}
