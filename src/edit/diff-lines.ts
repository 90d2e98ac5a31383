// The shortest line difference of two texts (Myers, "An O(ND) Difference Algorithm", 1986).
// Law: applying the hunks to `before` gives `after`, and reversed they give back `before`.
import { splitLines } from './text-shape.js'

export type LineHunk = {
  /** Index from 0 of the first line in each text. */
  readonly beforeLine: number
  readonly afterLine: number
  /** Lines with their line ends. */
  readonly removed: readonly string[]
  readonly inserted: readonly string[]
}

/** Beyond this many changed lines the rest counts as replaced in one piece. */
const MAX_DISTANCE = 2000

export function diffLines(before: string, after: string): LineHunk[] {
  const old = splitLines(before)
  const now = splitLines(after)
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start++
  let oldEnd = old.length
  let nowEnd = now.length
  while (oldEnd > start && nowEnd > start && old[oldEnd - 1] === now[nowEnd - 1]) {
    oldEnd--
    nowEnd--
  }
  const pairs = commonPairs(old.slice(start, oldEnd), now.slice(start, nowEnd))
  return hunksBetween(
    old,
    now,
    [...pairs.map(([x, y]): Pair => [x + start, y + start]), [oldEnd, nowEnd]],
    start,
  )
}

type Pair = readonly [before: number, after: number]

function hunksBetween(old: string[], now: string[], pairs: readonly Pair[], start: number): LineHunk[] {
  const hunks: LineHunk[] = []
  let [x, y] = [start, start]
  for (const [nextX, nextY] of pairs) {
    if (nextX > x || nextY > y) {
      hunks.push({ beforeLine: x, afterLine: y, removed: old.slice(x, nextX), inserted: now.slice(y, nextY) })
    }
    x = nextX + 1
    y = nextY + 1
  }
  return hunks
}

/** Index pairs of equal lines, in order; what lies between them differs. */
function commonPairs(old: readonly string[], now: readonly string[]): Pair[] {
  const trail = furthestPaths(old, now)
  if (trail === undefined) return []
  const pairs: Pair[] = []
  let [x, y] = [old.length, now.length]
  for (let distance = trail.length - 1; distance >= 0; distance--) {
    const reached = trail[distance] ?? new Map<number, number>()
    const diagonal = x - y
    const down =
      diagonal === -distance ||
      (diagonal !== distance && at(reached, diagonal - 1) < at(reached, diagonal + 1))
    const previous = down ? diagonal + 1 : diagonal - 1
    const fromX = distance === 0 ? 0 : at(reached, previous)
    const fromY = distance === 0 ? 0 : fromX - previous
    while (x > fromX && y > fromY && x > 0 && y > 0 && old[x - 1] === now[y - 1]) {
      x--
      y--
      pairs.push([x, y])
    }
    x = fromX
    y = fromY
  }
  return pairs.reverse()
}

/** For each distance the furthest x per diagonal before that step; undefined when the texts are too far apart. */
function furthestPaths(old: readonly string[], now: readonly string[]): Map<number, number>[] | undefined {
  const trail: Map<number, number>[] = []
  const reached = new Map<number, number>([[1, 0]])
  const limit = Math.min(old.length + now.length, MAX_DISTANCE)
  for (let distance = 0; distance <= limit; distance++) {
    trail.push(new Map(reached))
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      const down =
        diagonal === -distance ||
        (diagonal !== distance && at(reached, diagonal - 1) < at(reached, diagonal + 1))
      let x = down ? at(reached, diagonal + 1) : at(reached, diagonal - 1) + 1
      while (x < old.length && x - diagonal < now.length && old[x] === now[x - diagonal]) x++
      reached.set(diagonal, x)
      if (x >= old.length && x - diagonal >= now.length) return trail
    }
  }
  return undefined
}

function at(reached: ReadonlyMap<number, number>, diagonal: number): number {
  return reached.get(diagonal) ?? -1
}
