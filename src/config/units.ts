// Durations and sizes with their units, as people write them.

const MILLISECONDS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** `600s`, `20m`, `1.5h`, `30d` → milliseconds; undefined when it is no duration above zero. */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(value.trim())
  const milliseconds = Number(match?.[1]) * (MILLISECONDS.get(match?.[2] ?? '') ?? Number.NaN)
  return Number.isFinite(milliseconds) && milliseconds > 0 ? Math.round(milliseconds) : undefined
}

const BYTES = new Map([
  ['B', 1],
  ['KB', 1_000],
  ['MB', 1_000_000],
  ['GB', 1_000_000_000],
])

/** `500MB`, `2 GB`, `1.5gb` → bytes; undefined when it is no size above zero. */
export function parseSize(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const match = /^(\d+(?:\.\d+)?)\s*([KMG]?B)$/i.exec(value.trim())
  const bytes = Number(match?.[1]) * (BYTES.get(match?.[2]?.toUpperCase() ?? '') ?? Number.NaN)
  return Number.isFinite(bytes) && bytes > 0 ? Math.round(bytes) : undefined
}
