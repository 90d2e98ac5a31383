// Where the user of a web search is, as the three protocols share it: members by the same names, in an object of their
// own in Chat Completions and beside `type` in the two others.

import { type JsonObject, object, text } from '../../base/json.js'

const MEMBERS = ['city', 'region', 'country', 'timezone'] as const

export type SearchPlace = { readonly [member in (typeof MEMBERS)[number]]?: string }

/** The place in a `user_location`; undefined when it names none. */
export function searchPlace(options: JsonObject): SearchPlace | undefined {
  const location = object(options, 'user_location')
  if (location === undefined) return undefined
  const source = object(location, 'approximate') ?? location
  const named = MEMBERS.flatMap((member) => {
    const value = text(source, member)
    return value === undefined || value === '' ? [] : [[member, value] as const]
  })
  return named.length === 0 ? undefined : Object.fromEntries(named)
}
