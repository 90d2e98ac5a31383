// One line for each request, with its bodies: what a script reads.
import type { Bundle } from './bundle.js'

/** Each line is a request as `trace show --json` has it, and `texts`: its bodies, secrets removed. */
export function* jsonLines(bundle: Bundle): Generator<string, void, undefined> {
  for (const { requests } of bundle.turns) {
    for (const { view, bodies } of requests) yield `${JSON.stringify({ ...view, texts: bodies })}\n`
  }
}
