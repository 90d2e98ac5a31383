// What screens are made of: lines of spans, each with a role that the theme gives a colour. Pure; positions are columns.
// Law: `fitted` makes a line exactly as wide as its area, so that no line of any screen can break the frame.

import { cutEnd, widthOf } from './text-width.js'

/** What a piece of text means; the theme says how that looks. */
export type Role =
  | 'text'
  | 'dim'
  | 'strong'
  | 'accent'
  | 'good'
  | 'warn'
  | 'bad'
  | 'info'
  | 'frame'
  | 'title'
  | 'codex'
  | 'claude'
  | 'opencode'
  | 'gemini'
  | 'other'
  | 'key'
  | 'bar'
  | 'empty'

/** `selected`: the row of the cursor · `bar`: the header and the footer. */
export type Ground = 'selected' | 'bar'

export type Span = { readonly text: string; readonly role?: Role; readonly on?: Ground }

export type Line = readonly Span[]

export type Area = { readonly width: number; readonly height: number }

export const EMPTY: Line = []

export function span(text: string, role: Role = 'text'): Span {
  return { text, role }
}

/** A line of one role. */
export function line(text: string, role: Role = 'text'): Line {
  return [span(text, role)]
}

export function lineWidth(spans: Line): number {
  return spans.reduce((sum, { text }) => sum + widthOf(text), 0)
}

/** The text alone. */
export function lineText(spans: Line): string {
  return spans.map(({ text }) => text).join('')
}

/** The same line on another ground. */
export function onGround(spans: Line, on: Ground): Line {
  return spans.map((one) => ({ ...one, on }))
}

/** Exactly `width` columns: cut where it is longer, filled on the last span's ground where it is shorter. */
export function fitted(spans: Line, width: number): Line {
  const kept: Span[] = []
  let left = width
  for (const one of spans) {
    if (left <= 0) break
    const wide = widthOf(one.text)
    if (wide <= left) {
      kept.push(one)
      left -= wide
      continue
    }
    const text = cutEnd(one.text, left)
    kept.push({ ...one, text })
    left -= widthOf(text)
    // Two columns of one character did not fit into the last one.
    break
  }
  if (left <= 0) return kept
  const on = spans.at(-1)?.on
  const text = ' '.repeat(left)
  return [...kept, on === undefined ? { text } : { text, on }]
}

/** Exactly `height` lines of exactly `width` columns. */
export function block(lines: readonly Line[], { width, height }: Area): Line[] {
  const shown = lines.slice(0, Math.max(0, height))
  while (shown.length < height) shown.push(EMPTY)
  return shown.map((one) => fitted(one, width))
}

/** Left and right in one line; what is on the left is cut first. */
export function spread(left: Line, right: Line, width: number): Line {
  const rightWidth = lineWidth(right)
  if (rightWidth >= width) return fitted(right, width)
  const gap = rightWidth === 0 ? 0 : 1
  return [...fitted(left, width - rightWidth - gap), ...(gap === 0 ? [] : [padding(left, 1)]), ...right]
}

function padding(like: Line, width: number): Span {
  const on = like.at(-1)?.on
  const text = ' '.repeat(width)
  return on === undefined ? { text } : { text, on }
}

/** Two blocks of the same height beside each other, with `gap` between. */
export function beside(left: readonly Line[], right: readonly Line[], gap: Line): Line[] {
  return left.map((one, index) => [...one, ...gap, ...(right[index] ?? EMPTY)])
}
