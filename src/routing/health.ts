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
  /** When it began, ms since the epoch: a clock that shows less was set back, and the end says nothing any more. */
  readonly from: number
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
  /** By channel, or by one of its keys where it has several. */
  readonly cooldowns: ReadonlyMap<string, Pause>
  /** By channel and model. */
  readonly breakers: ReadonlyMap<string, Breaker>
}

/** A channel, or one of its keys by position (1, 2, …) where it has several: they rest apart. */
type Seat = { readonly channel: string; readonly key?: number | undefined }

export type HealthEvent =
  /** Content came: the channel works, and so does the key. */
  | ({ readonly type: 'succeeded'; readonly model: string } & Seat)
  /** It did not answer, or with a fault of its own (network, 5xx, a cut stream). */
  | ({ readonly type: 'failed'; readonly model: string; readonly reason: string } & Seat)
  /** It said to wait: 429, a used-up plan. `freeAt` in ms since the epoch, when it said until when. */
  | ({
      readonly type: 'limited'
      readonly model: string
      readonly reason: string
      readonly freeAt?: number
    } & Seat)
  /** The provider refused the key, or the key could not be had. */
  | ({ readonly type: 'refused'; readonly model: string; readonly reason: string } & Seat)
  /** A request goes to a channel whose pause is over, to find out. */
  | ({ readonly type: 'probed'; readonly model: string } & Seat)
  /** The request that probed ended without telling anything (the agent hung up, the request was wrong). */
  | ({ readonly type: 'probe-ended'; readonly model: string } & Seat)
  /** A person said to try again. */
  | { readonly type: 'cleared'; readonly channel: string }

export type Availability =
  | { readonly type: 'ready' }
  /** The pause is over; one request may find out. */
  | { readonly type: 'probe'; readonly reason: string }
  | { readonly type: 'paused'; readonly until: number; readonly reason: string }

/** When a limit came without a time, ms. */
const UNTOLD_LIMIT_MS = 20_000

/** How long a refused key rests, ms: nobody mends it in seconds, and a probe costs no more than one refusal. */
const REFUSED_MS = 300_000

export const HEALTHY: Health = { cooldowns: new Map(), breakers: new Map() }

const breakerOf = (channel: string, model: string) => `${channel}\n${model}`

const seatOf = ({ channel, key }: Seat) => (key === undefined ? channel : `${channel}\n${key}`)

function isOn({ from, until }: Pause, now: number): boolean {
  return from <= now && now < until
}

const READY: Availability = { type: 'ready' }

function pauseState(pause: Pause | undefined, now: number): Availability {
  if (pause === undefined) return { type: 'ready' }
  if (isOn(pause, now) || pause.probing) return { type: 'paused', until: pause.until, reason: pause.reason }
  return { type: 'probe', reason: pause.reason }
}

/** May this channel be asked for this model, with this key of several? The strictest of cooldowns and breaker counts. */
export function availability(
  health: Health,
  channel: string,
  model: string,
  now: number,
  key?: number,
): Availability {
  if (health.cooldowns.size === 0 && health.breakers.size === 0) return READY
  const states = [
    pauseState(health.cooldowns.get(channel), now),
    pauseState(key === undefined ? undefined : health.cooldowns.get(seatOf({ channel, key })), now),
    pauseState(health.breakers.get(breakerOf(channel, model))?.pause, now),
  ]
  const paused = states.filter((state) => state.type === 'paused').toSorted((a, b) => b.until - a.until)[0]
  return paused ?? states.find((state) => state.type === 'probe') ?? { type: 'ready' }
}

/** Why a channel, one of its keys or one of its models rests. */
export type Rest = {
  /** cooldown: it asked to wait · breaker: it failed too often. */
  readonly kind: 'cooldown' | 'breaker'
  /** The position of the key that rests alone. */
  readonly key: number | undefined
  /** The model that a breaker is of. */
  readonly model: string | undefined
  /** Ms since the epoch. */
  readonly until: number
  readonly reason: string
}

/** What of a channel rests, the longest first. */
export function pausesOf(health: Health, channel: string, now: number): Rest[] {
  const own = [...health.cooldowns].flatMap(([seat, pause]): Rest[] => {
    const [name, key] = seat.split('\n')
    if (name !== channel || !isOn(pause, now)) return []
    return [
      {
        kind: 'cooldown',
        key: key === undefined ? undefined : Number(key),
        model: undefined,
        ...restOf(pause),
      },
    ]
  })
  const within = `${channel}\n`
  const breakers = [...health.breakers].flatMap(([key, { pause }]): Rest[] => {
    if (pause === undefined || !key.startsWith(within) || !isOn(pause, now)) return []
    return [{ kind: 'breaker', key: undefined, model: key.slice(within.length), ...restOf(pause) }]
  })
  return [...own, ...breakers].toSorted((a, b) => b.until - a.until)
}

function restOf({ until, reason }: Pause): Pick<Rest, 'until' | 'reason'> {
  return { until, reason }
}

/** The pauses of a channel that are not over, the longest first. */
export function restsOf(health: Health, channel: string, now: number): { until: number; reason: string }[] {
  return pausesOf(health, channel, now).map(({ key, until, reason }) => ({
    until,
    reason: key === undefined ? reason : `key ${key}: ${reason}`,
  }))
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
  const why = failures === 1 ? `1 failure: ${reason}` : `${failures} failures in a row, the last: ${reason}`
  return {
    failures,
    pause: { from: now, until: now + openForMs, reason: why, probing: false },
    openForMs: Math.min(openForMs * 2, settings.maxOpenForMs),
  }
}

function withProbe(health: Health, seat: Seat, model: string, isProbing: boolean): Health {
  const at = breakerOf(seat.channel, model)
  const breaker = health.breakers.get(at)
  const cooldowns = [seat.channel, seatOf(seat)].reduce(
    (all, one) => edited(all, one, probing(all.get(one), isProbing)),
    health.cooldowns,
  )
  return {
    cooldowns,
    breakers:
      breaker === undefined
        ? health.breakers
        : edited(health.breakers, at, { ...breaker, pause: probing(breaker.pause, isProbing) }),
  }
}

/** The same, with the seat alone left to rest. */
function resting(health: Health, seat: Seat, reason: string, from: number, until: number): Health {
  const pause = { from, until, reason, probing: false }
  return { ...health, cooldowns: edited(health.cooldowns, seatOf(seat), pause) }
}

/** All that belongs to the channel and its keys is forgotten. */
function without<V>(map: ReadonlyMap<string, V>, channel: string): ReadonlyMap<string, V> {
  return new Map([...map].filter(([key]) => key !== channel && !key.startsWith(`${channel}\n`)))
}

/** `now` in ms since the epoch. */
export function nextHealth(
  health: Health,
  event: HealthEvent,
  now: number,
  settings: HealthSettings,
): Health {
  switch (event.type) {
    case 'succeeded': {
      if (health.cooldowns.size === 0 && health.breakers.size === 0) return health
      return {
        cooldowns: edited(edited(health.cooldowns, event.channel, undefined), seatOf(event), undefined),
        breakers: edited(health.breakers, breakerOf(event.channel, event.model), undefined),
      }
    }
    case 'failed': {
      const { channel, model, reason } = event
      const released = withProbe(health, event, model, false)
      if (settings.breaker === undefined) return released
      const at = breakerOf(channel, model)
      const breaker = afterFailure(released.breakers.get(at), reason, now, settings.breaker)
      return { ...released, breakers: edited(released.breakers, at, breaker) }
    }
    case 'limited': {
      const wanted = event.freeAt === undefined ? UNTOLD_LIMIT_MS : Math.max(1000, event.freeAt - now)
      const until = now + Math.min(wanted, settings.cooldownCapMs)
      return resting(withProbe(health, event, event.model, false), event, event.reason, now, until)
    }
    case 'refused': {
      const until = now + Math.min(REFUSED_MS, settings.cooldownCapMs)
      return resting(withProbe(health, event, event.model, false), event, event.reason, now, until)
    }
    case 'probed':
      return withProbe(health, event, event.model, true)
    case 'probe-ended':
      return withProbe(health, event, event.model, false)
    case 'cleared':
      return {
        cooldowns: without(health.cooldowns, event.channel),
        breakers: without(health.breakers, event.channel),
      }
  }
}
