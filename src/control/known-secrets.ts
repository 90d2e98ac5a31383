// POST /secrets/find: where credentials that the hub knows stand in a text. Law: a credential never leaves the hub by this
// way; the asker brings the text and learns places in it.

import { z } from 'zod'

/** Far below what the control socket takes in one question. */
export const FIND_CHARACTERS = 128 * 1024

export const findRequest = z.object({ text: z.string().max(FIND_CHARACTERS) })

/** `[from, to)` in characters. */
export const findReply = z.array(z.tuple([z.number(), z.number()]))
export type FindReply = z.infer<typeof findReply>
