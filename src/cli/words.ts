// Numbers as people read them. Pure.

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `a`, `a and b`, `a, b and c` */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

/** `340 ms`, `4.2 s`, `3 min` */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–'
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < MINUTE) return `${(ms / 1000).toFixed(1)} s`
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`
  return `${(ms / HOUR).toFixed(1)} h`
}

/** `now`, `4 min ago`, `3 h ago`, `2 days ago`, else the date. */
export function ago(time: number, now: number): string {
  const passed = Math.max(0, now - time)
  if (passed < 5000) return 'now'
  if (passed < MINUTE) return `${Math.floor(passed / 1000)} s ago`
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`
  if (passed < 14 * DAY) return `${Math.floor(passed / DAY)} d ago`
  return new Date(time).toISOString().slice(0, 10)
}

/** `14:03:27`, local time. */
export function clockTime(time: number): string {
  const date = new Date(time)
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}

/** `950`, `12.4k`, `1.2M` */
export function count(number: number): string {
  if (number < 1000) return String(number)
  if (number < 1_000_000) return `${(number / 1000).toFixed(number < 100_000 ? 1 : 0)}k`
  return `${(number / 1_000_000).toFixed(1)}M`
}

/** `820 B`, `12.4 KB`, `1.2 GB` */
export function bytes(number: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let value = number
  let unit = 0
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** `$1.24`, `$0.0031`; of small sums two figures that count. */
export function dollars(amount: number): string {
  if (amount === 0) return '$0'
  if (amount >= 0.1) return `$${amount.toFixed(2)}`
  return amount < 0.0001 ? '<$0.0001' : `$${amount.toFixed(4).replace(/0+$/, '')}`
}

type Spent = { readonly usage: Tokens; readonly cost: number; readonly unpriced: number }

/** What requests cost; `+` says that some of them have no price, `–` that no token was used (refused, failed). */
export function costs({ usage, cost, unpriced }: Spent): string {
  if (cost === 0 && inputTokens(usage) + usage.output === 0) return '–'
  if (unpriced === 0) return dollars(cost)
  return cost === 0 ? 'unpriced' : `${dollars(cost)}+`
}

/** `1 request`, `3 requests` */
export function many(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}

type Tokens = {
  readonly inputFresh: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly output: number
}

/** All that went in, from the cache or not. */
export function inputTokens(usage: Tokens): number {
  return usage.inputFresh + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h
}

/** `12.4k in (91% cached), 950 out` */
export function tokens(usage: Tokens): string {
  const input = inputTokens(usage)
  const cached = input === 0 ? 0 : Math.round((usage.cacheRead / input) * 100)
  return `${count(input)} in${cached > 0 ? ` (${cached}% cached)` : ''}, ${count(usage.output)} out`
}

/** The path with the user's home as `~`. */
export function shortPath(path: string, userHome: string): string {
  return path === userHome || path.startsWith(`${userHome}/`) ? `~${path.slice(userHome.length)}` : path
}
