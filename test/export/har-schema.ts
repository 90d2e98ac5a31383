// HTTP Archive 1.2 as its description has it (http://www.softwareishard.com/blog/har-12-spec/): every field that must be
// there, and none that it does not know.
import { z } from 'zod'

const comment = z.string().optional()
const time = z.iso.datetime()
/** -1: does not apply, or is not known. */
const size = z.number().int().min(-1)
const pair = z.strictObject({ name: z.string(), value: z.string(), comment })
const timing = z.number().min(-1)

const request = z.strictObject({
  method: z.string().regex(/^[A-Z]+$/),
  url: z.url(),
  httpVersion: z.string(),
  cookies: z.array(z.never()),
  headers: z.array(pair),
  queryString: z.array(pair),
  postData: z
    .strictObject({ mimeType: z.string(), params: z.array(z.never()).optional(), text: z.string(), comment })
    .optional(),
  headersSize: size,
  bodySize: size,
  comment,
})

const response = z.strictObject({
  status: z.number().int().min(0).max(599),
  statusText: z.string(),
  httpVersion: z.string(),
  cookies: z.array(z.never()),
  headers: z.array(pair),
  content: z.strictObject({
    size: z.number().int().min(0),
    compression: z.number().optional(),
    mimeType: z.string().min(1),
    text: z.string().optional(),
    encoding: z.string().optional(),
    comment,
  }),
  redirectURL: z.string(),
  headersSize: size,
  bodySize: size,
  comment,
})

const entry = z
  .strictObject({
    pageref: z.string().optional(),
    startedDateTime: time,
    time: z.number().min(0),
    request,
    response,
    cache: z.strictObject({ comment }),
    timings: z.strictObject({
      blocked: timing.optional(),
      dns: timing.optional(),
      connect: timing.optional(),
      send: z.number().min(0),
      wait: z.number().min(0),
      receive: z.number().min(0),
      ssl: timing.optional(),
      comment,
    }),
    serverIPAddress: z.string().optional(),
    connection: z.string().optional(),
    comment,
  })
  .refine(
    ({ time: whole, timings: { send, wait, receive } }) => Math.abs(send + wait + receive - whole) < 1e-6,
    {
      message: 'The timings are not together the time.',
    },
  )

export const harSchema = z
  .strictObject({
    log: z.strictObject({
      version: z.literal('1.2'),
      creator: z.strictObject({ name: z.string(), version: z.string(), comment }),
      browser: z.strictObject({ name: z.string(), version: z.string(), comment }).optional(),
      pages: z.array(
        z.strictObject({
          startedDateTime: time,
          id: z.string(),
          title: z.string(),
          pageTimings: z.strictObject({
            onContentLoad: timing.nullable().optional(),
            onLoad: timing.nullable().optional(),
            comment,
          }),
          comment,
        }),
      ),
      entries: z.array(entry),
      comment,
    }),
  })
  .refine(
    ({ log: { pages, entries } }) => {
      const ids = pages.map(({ id }) => id)
      return (
        new Set(ids).size === ids.length &&
        entries.every(({ pageref }) => pageref === undefined || ids.includes(pageref))
      )
    },
    { message: 'An entry names a page that is not there, or a page stands twice.' },
  )
