// Which channels may be asked right now: (state, event) → state. A cooldown is a lease that the provider asked for: capped,
// ended by one probe that succeeds, cleared by any success. A breaker opens for a channel and model after failures in a row.

/** The breaker of a channel for one model. Times in ms. */
export type BreakerSettings = {
  readonly failures: number
  readonly openForMs: number
  readonly maxOpenForMs: number
}

export type HealthSettings = {
  /** Undefined: no breaker. */
  readonly breaker: BreakerSettings | undefined
  /** The longest that a provider's hint is believed without a new probe, ms. */
  readonly cooldownCapMs: number
}

type Pause = {
  /** Ms since the epoch. */
  readonly until: number
  /** For a person: `rate limited`, `3 failures in a row`. */
  readonly reason: string
  /** One request is on its way to find out whether the pause can end. */
  readonly probing: boolean
}

type Breaker = {
  readonly failures: number
  readonly pause: Pause | undefined
  /** How long it stays open the next time, ms. */
  readonly openForMs: number
}

export type Health = {
  /** By channel. */
  readonly cooldowns: ReadonlyMap<string, Pause>
  /** By channel and model. */
  readonly breakers: ReadonlyMap<string, Breaker>
}

export type HealthEvent =
  /** Content came: the channel works. */
  | { readonly type: 'succeeded'; readonly channel: string; readonly model: string }
  /** It did not answer, or with a fault of its own (network, 5xx, a cut stream). */
  | { readonly type: 'failed'; readonly channel: string; readonly model: string; readonly reason: string }
  /** It said to wait: 429, a used-up plan. `freeAt` in ms since the epoch, when it said until when. */
  | { readonly type: 'limited'; readonly channel: string; readonly reason: string; readonly freeAt?: number }
  /** A request goes to a channel whose pause is over, to find out. */
  | { readonly type: 'probed'; readonly channel: string; readonly model: string }
  /** The request that probed ended without telling anything (the agent hung up, the request was wrong). */
  | { readonly type: 'probe-ended'; readonly channel: string; readonly model: string }
  /** A person said to try again. */
  | { readonly type: 'cleared'; readonly channel: string }

export type Availability =
  | { readonly type: 'ready' }
  /** The pause is over; one request may find out. */
  | { readonly type: 'probe'; readonly reason: string }
  | { readonly type: 'paused'; readonly until: number; readonly reason: string }

/** When a limit came without a time, ms. */
const UNTOLD_LIMIT_MS = 20_000

export const HEALTHY: Health = { cooldowns: new Map(), breakers: new Map() }

const keyOf = (channel: string, model: string) => `${channel}\n${model}`

function pauseState(pause: Pause | undefined, now: number): Availability {
  if (pause === undefined) return { type: 'ready' }
  if (now < pause.until || pause.probing) return { type: 'paused', until: pause.until, reason: pause.reason }
  return { type: 'probe', reason: pause.reason }
}

/** May this channel be asked for this model? The stricter of cooldown and breaker counts. */
export function availability(health: Health, channel: string, model: string, now: number): Availability {
  const states = [
    pauseState(health.cooldowns.get(channel), now),
    pauseState(health.breakers.get(keyOf(channel, model))?.pause, now),
  ]
  const paused = states.filter((state) => state.type === 'paused').toSorted((a, b) => b.until - a.until)[0]
  return paused ?? states.find((state) => state.type === 'probe') ?? { type: 'ready' }
}

/** The pauses of a channel that are not over, the longest first. */
export function restsOf(health: Health, channel: string, now: number): { until: number; reason: string }[] {
  const breakers = [...health.breakers]
    .filter(([key]) => key.startsWith(`${channel}\n`))
    .map(([, breaker]) => breaker.pause)
  return [health.cooldowns.get(channel), ...breakers]
    .flatMap((pause) =>
      pause === undefined || pause.until <= now ? [] : [{ until: pause.until, reason: pause.reason }],
    )
    .toSorted((a, b) => b.until - a.until)
}

function edited<V>(map: ReadonlyMap<string, V>, key: string, value: V | undefined): ReadonlyMap<string, V> {
  if (value === undefined && !map.has(key)) return map
  const next = new Map(map)
  if (value === undefined) next.delete(key)
  else next.set(key, value)
  return next
}

function probing(pause: Pause | undefined, isProbing: boolean): Pause | undefined {
  return pause === undefined ? undefined : { ...pause, probing: isProbing }
}

function afterFailure(
  before: Breaker | undefined,
  reason: string,
  now: number,
  settings: BreakerSettings,
): Breaker {
  const failures = (before?.failures ?? 0) + 1
  const openForMs = before?.openForMs ?? settings.openForMs
  if (failures < settings.failures && before?.pause === undefined)
    return { failures, pause: undefined, openForMs }
  const why = `${failures} failures in a row, the last: ${reason}`
  return {
    failures,
    pause: { until: now + openForMs, reason: why, probing: false },
    openForMs: Math.min(openForMs * 2, settings.maxOpenForMs),
  }
}

function withProbe(health: Health, channel: string, model: string, isProbing: boolean): Health {
  const key = keyOf(channel, model)
  const breaker = health.breakers.get(key)
  return {
    cooldowns: edited(health.cooldowns, channel, probing(health.cooldowns.get(channel), isProbing)),
    breakers:
      breaker === undefined
        ? health.breakers
        : edited(health.breakers, key, { ...breaker, pause: probing(breaker.pause, isProbing) }),
  }
}

/** `now` in ms since the epoch. */
export function nextHealth(
  health: Health,
  event: HealthEvent,
  now: number,
  settings: HealthSettings,
): Health {
  switch (event.type) {
    case 'succeeded':
      return {
        cooldowns: edited(health.cooldowns, event.channel, undefined),
        breakers: edited(health.breakers, keyOf(event.channel, event.model), undefined),
      }
    case 'failed': {
      const { channel, model, reason } = event
      const released = withProbe(health, channel, model, false)
      if (settings.breaker === undefined) return released
      const key = keyOf(channel, model)
      const breaker = afterFailure(released.breakers.get(key), reason, now, settings.breaker)
      return { ...released, breakers: edited(released.breakers, key, breaker) }
    }
    case 'limited': {
      const wanted = event.freeAt === undefined ? UNTOLD_LIMIT_MS : Math.max(1000, event.freeAt - now)
      const until = now + Math.min(wanted, settings.cooldownCapMs)
      return {
        ...health,
        cooldowns: edited(health.cooldowns, event.channel, { until, reason: event.reason, probing: false }),
      }
    }
    case 'probed':
      return withProbe(health, event.channel, event.model, true)
    case 'probe-ended':
      return withProbe(health, event.channel, event.model, false)
    case 'cleared': {
      const breakers = [...health.breakers].filter(([key]) => !key.startsWith(`${event.channel}\n`))
      return { cooldowns: edited(health.cooldowns, event.channel, undefined), breakers: new Map(breakers) }
    }
  }
}
