// The control API's question to send a recorded request again: POST /requests/{id}/replay, ReplayRequest → ReplayReply
// when the answer is over. Hanging up ends the answer upstream.

import { z } from 'zod'

export const replayRequest = z.strictObject({
  /** Its mappings and limits, in place of those that the request's key has now. */
  profile: z.string().min(1).exactOptional(),
  /** The very model to ask: mappings are passed over. */
  model: z.string().min(1).exactOptional(),
  /** Only this channel. */
  channel: z.string().min(1).exactOptional(),
})
export type ReplayRequest = z.infer<typeof replayRequest>

export const replayReply = z.object({
  /** The new request, and the trace of its own that it is in. */
  requestId: z.string(),
  traceId: z.string(),
  /** What an agent would have got: the HTTP status, and the body as text. */
  status: z.number(),
  answer: z.string(),
})
export type ReplayReply = z.infer<typeof replayReply>

/** The recorded header, set by the hub alone, that names the request which was sent again. */
export const REPLAY_HEADER = 'ah-replay-of'
