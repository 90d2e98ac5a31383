// Numbers in few columns, as tables of a screen need them. Pure. Times in ms, money in US dollars.

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const pad = (value: number) => String(value).padStart(2, '0')

/** `340ms`, `4.2s`, `2m05`, `3h10`, `2d3h`: five columns at most. */
export function span5(ms: number): string {
  const time = Math.max(0, ms)
  if (time < 1000) return `${Math.round(time)}ms`
  if (time < 99_950) return `${(time / 1000).toFixed(1)}s`
  if (time < HOUR) return `${Math.floor(time / MINUTE)}m${pad(Math.floor((time % MINUTE) / 1000))}`
  if (time < DAY) return `${Math.floor(time / HOUR)}h${pad(Math.floor((time % HOUR) / MINUTE))}`
  const days = Math.floor(time / DAY)
  return days < 10 ? `${days}d${Math.floor((time % DAY) / HOUR)}h` : `${days}d`
}

/** `950`, `12.4k`, `124k`, `1.2M`: five columns at most. */
export function count5(number: number): string {
  if (number < 1000) return String(Math.round(number))
  if (number < 99_950) return `${(number / 1000).toFixed(1)}k`
  if (number < 999_500) return `${Math.round(number / 1000)}k`
  return number < 99_950_000 ? `${(number / 1_000_000).toFixed(1)}M` : `${Math.round(number / 1_000_000)}M`
}

/** `$0`, `$0.0031`, `$0.012`, `$1.24`, `$124`. */
export function money(amount: number): string {
  if (amount === 0) return '$0'
  if (amount >= 100) return `$${Math.round(amount)}`
  if (amount >= 0.1) return `$${amount.toFixed(2)}`
  if (amount >= 0.01) return `$${amount.toFixed(3)}`
  return amount < 0.0001 ? '<$.0001' : `$${amount.toFixed(4)}`
}

/** `14:03:27`, local time. */
export function clockTime(time: number): string {
  const date = new Date(time)
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
}

/** `now`, `4m`, `3h`, `2d`: how long ago. */
export function age(time: number, now: number): string {
  const passed = Math.max(0, now - time)
  if (passed < 5000) return 'now'
  if (passed < MINUTE) return `${Math.floor(passed / 1000)}s`
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)}m`
  return passed < DAY ? `${Math.floor(passed / HOUR)}h` : `${Math.floor(passed / DAY)}d`
}

export type TokenFigures = {
  readonly inputFresh: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly output: number
}

/** All that went in, from the cache or not. */
export function inputTokens(usage: TokenFigures): number {
  return usage.inputFresh + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h
}

/** How much of what went in came from the cache, percent; undefined when nothing went in. */
export function cachePercent(usage: TokenFigures): number | undefined {
  const input = inputTokens(usage)
  return input === 0 ? undefined : Math.round((usage.cacheRead / input) * 100)
}

/** `1 request`, `3 requests` */
export function many(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}
