// How long this process stood still, and when: who is both the agents and the providers of a soak cannot blame the hub for a
// silence that was its own.

const LOOK_MS = 50

export type Stillness = {
  /** The longest stand-still that ended after this moment of `performance.now()`, ms. */
  longestSince(at: number): number
  longest(): number
  stop(): void
}

export function watchStillness(): Stillness {
  const stops: { readonly end: number; readonly ms: number }[] = []
  let last = performance.now()
  const look = () => {
    const now = performance.now()
    const ms = now - last - LOOK_MS
    if (ms > LOOK_MS) stops.push({ end: now, ms })
    last = now
  }
  const timer = setInterval(look, LOOK_MS)
  const longestSince = (at: number) => {
    // Also the one that ends with this very moment, before the timer's turn has come.
    look()
    let longest = 0
    for (let index = stops.length - 1; index >= 0; index -= 1) {
      const stop = stops[index]
      if (stop === undefined || stop.end < at) break
      longest = Math.max(longest, stop.ms)
    }
    return Math.round(longest)
  }
  return { longestSince, longest: () => longestSince(0), stop: () => clearInterval(timer) }
}
