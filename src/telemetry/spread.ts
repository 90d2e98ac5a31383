// How durations are spread, as a histogram of Prometheus counts them: so many up to each bound. Its text is written here as well,
// because the package takes one observation at a time, and each costs a request more than all its counting.

/** One histogram, without its name and labels. */
export class Spread {
  /** So many lie in each bound and above the one before; the last lie above all. */
  private readonly counts: number[]
  private sum = 0
  count = 0

  /** `bounds`: seconds, in order. */
  constructor(private readonly bounds: readonly number[]) {
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  note(seconds: number): void {
    let at = 0
    while (at < this.bounds.length && seconds > (this.bounds[at] ?? 0)) at += 1
    this.counts[at] = (this.counts[at] ?? 0) + 1
    this.sum += seconds
    this.count += 1
  }

  /** Its lines, each with its end. `labels`: those of all of them. */
  lines(name: string, labels: Readonly<Record<string, string>>): string {
    const rest = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`)
    let upTo = 0
    const buckets = this.counts.map((count, index) => {
      upTo += count
      return `${name}_bucket{${[`le="${this.bounds[index] ?? '+Inf'}"`, ...rest].join(',')}} ${upTo}\n`
    })
    const own = rest.length === 0 ? '' : `{${rest.join(',')}}`
    return `${buckets.join('')}${name}_sum${own} ${this.sum}\n${name}_count${own} ${this.count}\n`
  }
}

/** As the exposition format wants a label's value. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}
