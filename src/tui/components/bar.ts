// A share as a bar, a series as a sparkline. Pure.

import type { Glyphs } from '../glyphs.js'
import { type Line, type Role, type Span, span } from '../line.js'

/** `share` from 0 to 1; exactly `width` columns. */
export function bar(share: number, width: number, glyphs: Glyphs, role: Role = 'bar'): Line {
  const known = Math.max(0, Math.min(1, Number.isFinite(share) ? share : 0))
  const full = known > 0 ? Math.max(1, Math.round(known * width)) : 0
  return [span(glyphs.full.repeat(full), role), span(glyphs.empty.repeat(Math.max(0, width - full)), 'empty')]
}

/** A bar of a chart: as long as its share of `longest`, lower than the line, so that those under each other stay apart. */
export function slimBar(share: number, longest: number, glyphs: Glyphs, role: Role = 'bar'): Span {
  const known = Math.max(0, Math.min(1, Number.isFinite(share) ? share : 0))
  return span(glyphs.slim.repeat(known > 0 ? Math.max(1, Math.round(known * longest)) : 0), role)
}

/** The newest `width` values, each a sign as high as its share of `most` (default: the highest); null is a gap. */
export function sparkline(
  values: readonly (number | null)[],
  width: number,
  glyphs: Glyphs,
  most: number = Math.max(0, ...values.map((value) => value ?? 0)),
): string {
  const { sparks } = glyphs
  const shown = values.slice(-Math.max(0, width))
  const signs = shown.map((value) => {
    if (value === null || most <= 0) return sparks[0] ?? ' '
    const share = Math.max(0, Math.min(1, value / most))
    const step = value > 0 ? Math.max(1, Math.round(share * (sparks.length - 1))) : 0
    return sparks[step] ?? ' '
  })
  return signs.join('').padStart(width)
}

/** How full a battery looks, by its charge. */
export type Charge = 'full' | 'medium' | 'low' | 'empty' | 'exhausted' | 'unknown'

export function chargeRole(charge: Charge): Role {
  switch (charge) {
    case 'full':
    case 'medium':
      return 'good'
    case 'low':
      return 'warn'
    case 'empty':
    case 'exhausted':
      return 'bad'
    case 'unknown':
      return 'dim'
  }
}

/** `▕███░▏ 62%` in ASCII and others alike: a bar between edges. */
export function battery(charge: Charge, leftPercent: number | null, width: number, glyphs: Glyphs): Line {
  const role = chargeRole(charge)
  const body =
    leftPercent === null ? [span('?'.repeat(width), 'dim')] : bar(leftPercent / 100, width, glyphs, role)
  return [span('[', 'frame'), ...body, span(']', 'frame')]
}
