// A capability card: what one model of a channel can do for an agent, as `axonhub channel test` found out. The stored
// form, the control API's and `--json` are this one.

import { z } from 'zod'

/** What is looked at, in the order in which it is shown. */
export const CAPABILITIES = [
  'text',
  'tools',
  'tool-streaming',
  'parallel-tools',
  'thinking',
  'tool-images',
  'json-schema',
  'token-count',
  'cache',
  'cancel',
  'models',
] as const
export type Capability = (typeof CAPABILITIES)[number]

const capabilityResult = z.object({
  capability: z.enum(CAPABILITIES),
  /** unknown: it could not be found out, the detail says why. */
  result: z.enum(['yes', 'no', 'unknown']),
  /** One clause for a person. */
  detail: z.string(),
  durationMs: z.number(),
})
export type CapabilityResult = z.infer<typeof capabilityResult>

export const capabilityCard = z.object({
  channel: z.string(),
  model: z.string(),
  /** The endpoint that was asked. */
  protocol: z.enum(['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']),
  mode: z.enum(['relay', 'convert']),
  /** Whose requests were made; other: a client of the endpoint's own protocol. */
  agent: z.enum(['codex', 'claude', 'other']),
  /** ISO 8601. */
  testedAt: z.string(),
  /** False: it did not answer at all, and nothing else was asked. */
  answers: z.boolean(),
  /** What the provider refused, so that it is asked without. */
  withoutFields: z.array(z.string()),
  results: z.array(capabilityResult),
  /** What the test cost. Tokens as far as the provider told them. */
  requests: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
})
export type CapabilityCard = z.infer<typeof capabilityCard>

/** The result for one capability; undefined when the card has none. */
export function resultOf(card: CapabilityCard, capability: Capability): CapabilityResult | undefined {
  return card.results.find((one) => one.capability === capability)
}
