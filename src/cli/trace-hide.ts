// Takes the hub's own credentials out of a text: the hub says where they stand, in pieces of the text that overlap.

import { maskOf } from '../base/secret-forms.js'
import type { ControlClient } from '../control/client.js'
import { FIND_CHARACTERS } from '../control/known-secrets.js'

/** Longer than any key; so none is lost between two pieces. */
const OVERLAP = 8 * 1024

/** Where they stand in the whole text, in rising order. */
async function places(control: Pick<ControlClient, 'findKnown'>, text: string): Promise<[number, number][]> {
  const found: [number, number][] = []
  for (let start = 0; start < text.length; start += FIND_CHARACTERS - OVERLAP) {
    const piece = text.slice(start, start + FIND_CHARACTERS)
    for (const [from, to] of await control.findKnown(piece)) found.push([start + from, start + to])
  }
  return found.sort(([one], [other]) => one - other)
}

/** The text with stars and a mark in place of each; as long as it was. */
export async function hideKnown(control: Pick<ControlClient, 'findKnown'>, text: string): Promise<string> {
  let clean = ''
  let at = 0
  for (const [from, to] of await places(control, text)) {
    if (to <= at) continue
    clean += text.slice(at, Math.max(at, from)) + maskOf(text.slice(Math.max(at, from), to))
    at = to
  }
  return clean + text.slice(at)
}
