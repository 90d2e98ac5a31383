// What `GET /profiles` tells: the mappings with how many requests each took today, and who follows which profile.

import { z } from 'zod'

const profileRow = z.object({
  name: z.string(),
  active: z.boolean(),
  /** Those with this profile of their own. */
  keys: z.array(z.string()),
  /** Only these; null: no such limit. */
  channels: z.array(z.string()).nullable(),
  tags: z.array(z.string()).nullable(),
  mappings: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      /** Ordered fallback; null: any that serves it. */
      channels: z.array(z.string()).nullable(),
      /** The conditions in words; null: always. */
      when: z.string().nullable(),
      matchedToday: z.number(),
    }),
  ),
  requestsToday: z.number(),
  /** Of these, without a mapping: their names were passed on as they are. */
  unmatchedToday: z.number(),
})
export type ProfileRow = z.infer<typeof profileRow>

export const profilesReply = z.object({
  /** ISO 8601. */
  at: z.string(),
  /** For every key without one of its own; null: names are passed on as they are. */
  active: z.string().nullable(),
  /** What each client key follows. */
  keys: z.array(z.object({ name: z.string(), profile: z.string().nullable(), own: z.boolean() })),
  profiles: z.array(profileRow),
})
export type ProfilesReply = z.infer<typeof profilesReply>

/** The body of `POST /profiles/{name}/use` and `POST /profiles/leave`. */
export const switchRequest = z.object({
  /** For this key alone; absent: for every key without a profile of its own. */
  key: z.string().min(1).exactOptional(),
  /** Also inside tool loops that are running. */
  now: z.boolean().prefault(false),
})
export type SwitchRequest = z.input<typeof switchRequest>
