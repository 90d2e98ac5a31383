// What `GET /channels` tells of each channel: its configuration, how it does, what was learned of it, what it can.

import { z } from 'zod'
import { capabilityCard } from './card.js'
import { growingWord } from './growing-word.js'

/** ISO 8601. */
const at = z.string()

const measures = z.object({
  requests: z.number(),
  failed: z.number(),
  /** Failed of those that came to an end of their own, 0 to 1; null: none did. */
  errorRate: z.number().nullable(),
  /** Ms from the attempt's start. */
  firstTokenP50Ms: z.number().nullable(),
  firstTokenP95Ms: z.number().nullable(),
})
export type ShownMeasures = z.infer<typeof measures>

const channelRow = z.object({
  name: z.string(),
  title: z.string(),
  provider: z.string().nullable(),
  enabled: z.boolean(),
  /** In no file: the hub has it inside (`serve --demo`). */
  embedded: z.boolean(),
  endpoints: z.array(z.object({ protocol: z.string(), baseUrl: z.string() })),
  /** Where its key is, never the key. */
  credential: z.string(),
  /** Null: every model. */
  models: z.array(z.string()).nullable(),
  tags: z.array(z.string()),
  priority: z.number(),
  weight: z.number(),
  /** ok · resting: it asked to wait · open: it failed too often · disabled */
  health: z.enum(['ok', 'resting', 'open', 'disabled']),
  /** What of it rests, the longest first. */
  rests: z.array(
    z.object({
      kind: z.enum(['cooldown', 'breaker']),
      key: z.number().nullable(),
      model: z.string().nullable(),
      until: at,
      reason: z.string(),
    }),
  ),
  /** The last hour and the last 24 hours. */
  hour: measures,
  day: measures,
  /** What it refused, so that it is asked without. */
  learned: z.array(
    z.object({ model: z.string(), parameter: z.string(), reason: z.string().nullable(), learnedAt: at }),
  ),
  /** What its tests found out, as far as it holds. */
  cards: z.array(capabilityCard),
  /** The test that runs; what it asks right now. Null: none does. */
  testing: z
    .object({
      startedAt: at,
      protocol: z.string(),
      capability: z.string(),
      step: z.number(),
      steps: z.number(),
    })
    .nullable(),
  /** The account that pays next; null: nothing is known. */
  quota: z
    .object({
      charge: growingWord(['full', 'medium', 'low', 'empty', 'exhausted', 'unknown'], 'unknown'),
      leftPercent: z.number().nullable(),
      window: z.string().nullable(),
      resetsAt: at.nullable(),
    })
    .nullable(),
})
export type ChannelRow = z.infer<typeof channelRow>

export const channelsReply = z.object({
  /** When it was told. */
  at,
  channels: z.array(channelRow),
})
export type ChannelsReply = z.infer<typeof channelsReply>

/** What an edit of config.yml came to. */
export const changeReply = z.object({
  /** False: it stood there already. */
  changed: z.boolean(),
  /** What the user should know; null: nothing. */
  note: z.string().nullable(),
})
export type ChangeReply = z.infer<typeof changeReply>
