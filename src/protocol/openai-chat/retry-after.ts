// How long an upstream wants to be left alone: by header, or in the words of its error.

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Milliseconds to wait; undefined when nothing is said. Header names in lower case, `now` in ms since the epoch. */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  message: string | undefined,
  now: number,
): number | undefined {
  return (
    positive(headers['retry-after-ms'], 1) ??
    positive(headers['retry-after'], 1_000) ??
    untilDate(headers['retry-after'], now) ??
    inWords(message ?? '')
  )
}

function positive(value: string | undefined, unit: number): number | undefined {
  if (value === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(value)) return undefined
  return Math.round(Number(value) * unit)
}

function untilDate(value: string | undefined, now: number): number | undefined {
  const at = value === undefined ? Number.NaN : Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** "Please try again in 1m2.5s", "retry in 20s", "Please retry after 3 seconds". */
function inWords(message: string): number | undefined {
  const span = /(?:try again|retry)[^.\d]{0,20}((?:\d+(?:\.\d+)?\s*(?:ms|s|m|h)[a-z]*\s*)+)/i.exec(
    message,
  )?.[1]
  if (span === undefined) return undefined
  let total = 0
  for (const [, amount = '0', unit = 's'] of span.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h)/gi))
    total += Number(amount) * (UNITS[unit.toLowerCase()] ?? 0)
  return Math.round(total)
}
