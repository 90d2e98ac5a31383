// New inputs out of old ones: by bytes, by the values of a JSON text, and by the events of a stream.
import { Buffer } from 'node:buffer'
import { isObject, type JsonValue, parseJson } from '../../src/base/json.js'
import { formatSse } from '../../src/protocol/sse/format.js'
import { sseParser } from '../../src/protocol/sse/parse.js'
import type { Chance } from './chance.js'

/** What an input is made of, from the finest grain to the coarsest. */
export type Shape = 'bytes' | 'json' | 'stream'

const WORDS = [
  ...['{', '}', '[', ']', '"', '\\', ',', ':', '\n', '\r', '\r\n', '\n\n', '\0', '\uFEFF', '#', '=', "'"],
  ...['data: ', 'event: ', '[DONE]', 'null', 'true', '1e999', '-0', '\\u0000', '\\ud800', '"""', "'''", '- '],
  ...[
    '[[',
    ']]',
    '//',
    '/*',
    '*/',
    '&a ',
    '*a',
    '<<: ',
    '|\n',
    '---\n',
    '\t',
    '9007199254740993',
    '__proto__',
  ],
]

const VALUES: readonly JsonValue[] = [
  ...[null, true, false, 0, -1, 1.5, 1e21, 9007199254740992, '', 'x', '\u0000', '\uD800', '[DONE]', 'null'],
  ...[[], {}, [null], [[]], [{}], { type: 'x' }, { type: null }, { '': '' }, { __proto__: null, a: 1 }],
]

const LONGEST = 64 * 1024

/** A mutant of `input`; `other` lends parts. */
export function mutate(shape: Shape, input: Uint8Array, other: Uint8Array, dice: Chance): Uint8Array {
  let out = input
  const rounds = 1 + dice.below(3)
  for (let round = 0; round < rounds; round += 1) {
    if (shape === 'bytes' || dice.once(5)) out = mutateBytes(out, other, dice)
    else out = shape === 'json' ? mutateJson(out, other, dice) : mutateStream(out, other, dice)
  }
  return out.subarray(0, LONGEST)
}

function mutateBytes(input: Uint8Array, other: Uint8Array, dice: Chance): Uint8Array {
  const at = dice.below(input.length + 1)
  const end = Math.min(input.length, at + dice.below(dice.once(3) ? 200 : 8))
  const before = input.subarray(0, at)
  const after = input.subarray(end)
  switch (dice.below(6)) {
    case 0:
      return Buffer.concat([before, after])
    case 1:
      return Buffer.concat([before, Buffer.from(dice.pick(WORDS) ?? ''), input.subarray(at)])
    case 2:
      return Buffer.concat([before, Buffer.from([dice.below(256)]), input.subarray(at + 1)])
    case 3: {
      const from = dice.below(other.length + 1)
      return Buffer.concat([before, other.subarray(from, from + dice.below(300)), after])
    }
    case 4:
      return Buffer.concat([before, input.subarray(at, end), input.subarray(at)])
    default: {
      const word = Buffer.from(dice.pick(WORDS) ?? '')
      return Buffer.concat([before, ...Array.from({ length: dice.below(60) }, () => word), after])
    }
  }
}

/** How many values the value holds, itself included. */
function count(value: JsonValue): number {
  const inner = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []
  return inner.reduce<number>((sum, one) => sum + count(one), 1)
}

/** The value at a place, counted through all values. */
function valueAt(value: JsonValue, place: number): JsonValue {
  let next = 0
  const find = (one: JsonValue): JsonValue | undefined => {
    if (next++ === place) return one
    const inner = Array.isArray(one) ? one : isObject(one) ? Object.values(one) : []
    for (const child of inner) {
      const found = find(child)
      if (found !== undefined) return found
    }
    return undefined
  }
  return find(value) ?? null
}

function withValueAt(value: JsonValue, place: number, change: (old: JsonValue) => JsonValue[]): JsonValue {
  let next = 0
  const copy = (one: JsonValue): JsonValue[] => {
    if (next++ === place) return change(one)
    if (Array.isArray(one)) return [one.flatMap(copy)]
    if (!isObject(one)) return [one]
    const members = Object.entries(one).flatMap(([key, member]) =>
      copy(member)
        .slice(0, 1)
        .map((changed) => [key, changed] as const),
    )
    return [Object.fromEntries(members)]
  }
  return copy(value)[0] ?? null
}

/** A key or an element renamed, replaced, left out, doubled, wrapped, or taken from elsewhere. */
function mutateValue(value: JsonValue, other: JsonValue, dice: Chance): JsonValue {
  const place = dice.below(count(value))
  return withValueAt(value, place, (old) => {
    switch (dice.below(7)) {
      case 0:
        return place === 0 ? [old] : []
      case 1:
        return [old, old]
      case 2:
        return [[old]]
      case 3:
        return [valueAt(other, dice.below(count(other)))]
      case 4:
        return [valueAt(value, dice.below(count(value)))]
      case 5:
        return isObject(old) ? [{ ...old, ...members(other, dice) }] : [dice.pick(VALUES) ?? null]
      default:
        return [dice.pick(VALUES) ?? null]
    }
  })
}

function members(other: JsonValue, dice: Chance): { [key: string]: JsonValue } {
  const from = valueAt(other, dice.below(count(other)))
  const entries = isObject(from) ? Object.entries(from) : []
  const one = dice.pick(entries)
  return one === undefined ? {} : { [one[0]]: one[1] }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}

function mutateJson(input: Uint8Array, other: Uint8Array, dice: Chance): Uint8Array {
  const value = parseJson(textOf(input))
  if (value === undefined) return mutateBytes(input, other, dice)
  return Buffer.from(JSON.stringify(mutateValue(value, parseJson(textOf(other)) ?? null, dice)))
}

function mutateStream(input: Uint8Array, other: Uint8Array, dice: Chance): Uint8Array {
  const events = sseParser().push(input)
  if (events.length === 0) return mutateBytes(input, other, dice)
  const at = dice.below(events.length)
  const event = events[at] ?? { data: '' }
  const foreign = dice.pick(sseParser().push(other)) ?? event
  const value = parseJson(event.data)
  const changed =
    value === undefined
      ? foreign
      : { ...event, data: JSON.stringify(mutateValue(value, parseJson(foreign.data) ?? null, dice)) }
  const ways = [[changed], [changed], [changed], [], [event, event], [event, foreign], [foreign, event]]
  return Buffer.from(
    events
      .toSpliced(at, 1, ...(dice.pick(ways) ?? []))
      .map(formatSse)
      .join(''),
  )
}
