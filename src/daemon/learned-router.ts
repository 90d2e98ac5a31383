// A router whose conversions leave out what their upstream refused before. Relays stay as they are: the agent speaks for
// itself there.

import { lessonWords, withLessons } from '../protocol/learning/lessons.js'
import type { Route } from './exchange-state.js'
import type { LearnedBook } from './learned.js'
import type { Router } from './router.js'
import type { Target } from './target.js'

type Choice = Pick<Target, 'channel' | 'model' | 'mode'>

/** `router` with the lessons of `book` over its dialects and in its reasons. */
export function learnedRouter(router: Router, book: Pick<LearnedBook, 'lessonsFor'>): Router {
  const lessonsFor = ({ channel, model, mode }: Choice) =>
    mode === 'convert' ? book.lessonsFor(channel, model) : []
  const reasons = (choices: readonly Choice[]) => [
    ...new Set(
      choices.flatMap((choice) => {
        const lessons = lessonsFor(choice)
        if (lessons.length === 0) return []
        const words = lessons.map(lessonWords).join(', ')
        return [`channel ${choice.channel}: asked without ${words}, which it refused before`]
      }),
    ),
  ]
  const isTaught = (choices: readonly Choice[]) => choices.some((choice) => lessonsFor(choice).length > 0)
  const taught = (route: Route): Route =>
    !isTaught(route.targets)
      ? route
      : {
          ...route,
          reasons: [...route.reasons, ...reasons(route.targets)],
          targets: route.targets.map((target) => ({
            ...target,
            dialect: withLessons(target.dialect, lessonsFor(target)),
          })),
        }
  return {
    ...router,
    decide(question) {
      const decision = router.decide(question)
      if (!isTaught(decision.choices)) return decision
      return { ...decision, reasons: [...decision.reasons, ...reasons(decision.choices)] }
    },
    route: (question) => taught(router.route(question)),
    routeUnder: (rules, question, heading) => taught(router.routeUnder(rules, question, heading)),
  }
}
