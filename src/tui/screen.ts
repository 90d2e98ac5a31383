// What a screen is: a pure drawing of the model and a pure update. screens/registry.ts lists them.

import type { KeyHint } from './components/hints.js'
import type { Glyphs } from './glyphs.js'
import type { Area, Line } from './line.js'
import type { Message } from './message.js'
import type { Model, ScreenId, Update } from './model.js'

/** An entry of the palette. */
export type Command = {
  /** As it is typed and read: `profile use cheap`. */
  readonly name: string
  readonly what: string
  readonly does: Message
}

export type Screen = {
  readonly id: ScreenId
  readonly title: string
  /** Its own keys, the most important first; the frame adds those that work everywhere. */
  keys(model: Model): readonly KeyHint[]
  /** At most `area.height` lines; what is too wide or too long is cut by the frame. */
  draw(model: Model, area: Area, glyphs: Glyphs): readonly Line[]
  /** Hears every message. Keys only while it is shown, and only those that the frame does not take. */
  update(model: Model, message: Message): Update
  /** It is typed into, so every key goes to it but `ctrl-c`. */
  typing?(model: Model): boolean
  /** What it adds to the palette, shown or not. */
  commands?(model: Model): readonly Command[]
}

/** The part of the terminal that a screen draws into; its pages are that high. */
export function bodyArea({ columns, rows }: Pick<Model, 'columns' | 'rows'>): Area {
  return { width: columns, height: Math.max(0, rows - FRAME_ROWS) }
}

/** The header, the tabs and the footer. */
const FRAME_ROWS = 3
