// The commands that `:` offers: the frame's and those of all screens, found by the beginnings of their words. Pure.

import type { Model } from './model.js'
import type { Command } from './screen.js'
import { SCREENS } from './screens/registry.js'

function everyCommand(model: Model): Command[] {
  return [
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

/** Whether each word that was typed begins a word of the name, in that order. */
function fits(name: string, words: readonly string[]): boolean {
  const parts = name.toLowerCase().split(/[\s/_-]+/u)
  let from = 0
  for (const word of words) {
    const found = parts.findIndex((part, index) => index >= from && part.startsWith(word))
    if (found < 0) return false
    from = found + 1
  }
  return true
}

export function matchingCommands(model: Model, text: string): Command[] {
  const words = text
    .toLowerCase()
    .split(/[\s/_-]+/u)
    .filter((word) => word !== '')
  const all = everyCommand(model)
  const begun = all.filter(({ name }) => fits(name, words))
  return begun.length > 0
    ? begun
    : all.filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()))
}
