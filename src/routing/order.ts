// From targets to seats: each channel once, or once with each of its keys. What rests comes last, what is free soonest first,
// so that a wrong hint or a breaker never makes a request fail that its channel could have served. Pure.

import { waitText } from '../base/wait-text.js'
import type { Place } from './affinity.js'
import { availability, type Health } from './health.js'
import type { Target } from './select.js'

/** A target, with the key to use where its channel has several; `probe`: its pause is over, this request finds out. */
export type SeatedTarget = Target & { readonly key?: number | undefined; readonly probe: boolean }

export type SeatQuestion = {
  readonly targets: readonly Target[]
  readonly health: Health
  /** Ms since the epoch. */
  readonly now: number
  /** How many keys the channel has. */
  keysOf(channel: string): number
  /** The position of the key whose turn it is in this channel. */
  turnOf(channel: string): number
  /** Where the trace is. */
  readonly place: Place | undefined
  /** Until when the account that would pay is used up, and why; undefined: it is not, or that is not known. */
  readonly exhausted?: ((seat: Place & { readonly model: string }) => UsedUp | undefined) | undefined
  /** Is the agent inside a tool loop? Asked only when the trace's own place is used up. */
  readonly inLoop?: (() => boolean) | undefined
}

/** `until`: ms since the epoch. */
export type UsedUp = { readonly until: number; readonly reason: string }

/** 1 … count, beginning with `first`; the others follow in their turn. */
export function rotated(count: number, first: number): number[] {
  const start = ((first - 1) % count) + 1
  return Array.from({ length: count }, (_, index) => ((start - 1 + index) % count) + 1)
}

/** `channel deepseek` or `channel deepseek, key 2`; never the key itself. */
export function seatName({ channel, key }: Place): string {
  return key === undefined ? channel : `${channel}, key ${key}`
}

function keysInTurn(question: SeatQuestion, channel: string): (number | undefined)[] {
  const count = question.keysOf(channel)
  if (count < 2) return [undefined]
  const { place } = question
  const own =
    place?.channel === channel && place.key !== undefined && place.key <= count ? place.key : undefined
  return rotated(count, own ?? question.turnOf(channel))
}

/** The trace is here and in the middle of a tool loop, which another channel could only take over with losses. */
function isOwnLoop({ place, inLoop }: SeatQuestion, seat: Place): boolean {
  return place?.channel === seat.channel && place.key === seat.key && inLoop?.() === true
}

/** All seats in the order in which they are tried, and a line for each that rests. */
export function seatTargets(question: SeatQuestion): {
  readonly seats: readonly SeatedTarget[]
  readonly reasons: readonly string[]
} {
  const { targets, health, now } = question
  const ready: SeatedTarget[] = []
  const resting: { readonly seat: SeatedTarget; readonly until: number; readonly reason: string }[] = []
  const reasons: string[] = []
  for (const target of targets) {
    const keys = keysInTurn(question, target.channel)
    if (keys.length > 1) {
      const why = question.place?.key === keys[0] && question.place?.channel === target.channel
      const how = why ? 'this trace is on the first' : 'the first is next in turn'
      reasons.push(`channel ${target.channel}: keys in the order ${keys.join(', ')}, ${how}`)
    }
    for (const key of keys) {
      const state = availability(health, target.channel, target.model, now, key)
      const seat = { ...target, key, probe: state.type === 'probe' }
      const usedUp = state.type === 'ready' ? question.exhausted?.(seat) : undefined
      const stays = usedUp !== undefined && isOwnLoop(question, seat)
      if (state.type === 'paused') resting.push({ seat, until: state.until, reason: state.reason })
      else if (usedUp !== undefined && !stays) resting.push({ seat, ...usedUp })
      else ready.push(seat)
      if (stays)
        reasons.push(
          `channel ${seatName(seat)}: ${usedUp.reason}, but the tool loop that began there ends there`,
        )
      if (state.type === 'probe')
        reasons.push(`channel ${seatName(seat)}: its rest is over, this request finds out (${state.reason})`)
    }
  }
  const last = resting.toSorted((a, b) => a.until - b.until)
  reasons.push(
    ...last.map(
      ({ seat, until, reason }) =>
        `channel ${seatName(seat)}: rests ${waitText(until - now)} more, until ${new Date(until).toISOString()}, and comes last: ${reason}`,
    ),
  )
  return { seats: [...ready, ...last.map(({ seat }) => seat)], reasons }
}
