// The commands that `:` offers: the frame's and those of all screens, found by the beginnings of their words. Pure.

import type { Model } from './model.js'
import type { Command } from './screen.js'
import { SCREENS } from './screens/registry.js'

/** A hub that went away while its figures are shown: where nothing was shown yet, `enter` starts one (welcome.ts). */
function hubCommands({ hub: { connection } }: Model): Command[] {
  if (connection.type !== 'lost') return []
  const does = { type: 'run', effects: [{ type: 'start-hub' }] } as const
  return [{ name: 'hub start', what: 'start one in the background', does }]
}

function everyCommand(model: Model): Command[] {
  return [
    ...hubCommands(model),
    ...SCREENS.flatMap((screen) => screen.commands?.(model) ?? []),
    ...SCREENS.map(
      ({ id, title }): Command => ({
        name: title.toLowerCase(),
        what: `show ${title}`,
        does: { type: 'go', screen: id },
      }),
    ),
    { name: 'quit', what: 'leave; the hub runs on', does: { type: 'run', effects: [{ type: 'quit' }] } },
  ]
}

/** Where the first of the words begins a word of the name, and all others words after it; undefined: they do not. */
function placeOf(name: string, words: readonly string[]): number | undefined {
  const parts = name.toLowerCase().split(/[\s/_-]+/u)
  let from = 0
  let first: number | undefined
  for (const word of words) {
    const found = parts.findIndex((part, index) => index >= from && part.startsWith(word))
    if (found < 0) return undefined
    first ??= found
    from = found + 1
  }
  return first ?? 0
}

/** Those whose words begin with what was typed, first those that begin with it altogether; else those that hold it. */
export function matchingCommands(model: Model, text: string): Command[] {
  const words = text
    .toLowerCase()
    .split(/[\s/_-]+/u)
    .filter((word) => word !== '')
  const all = everyCommand(model)
  const begun = all
    .map((command) => ({ command, place: placeOf(command.name, words) }))
    .filter(({ place }) => place !== undefined)
    .sort((one, other) => (one.place ?? 0) - (other.place ?? 0))
    .map(({ command }) => command)
  const wanted = text.trim().toLowerCase()
  return begun.length > 0 ? begun : all.filter(({ name }) => name.toLowerCase().includes(wanted))
}
