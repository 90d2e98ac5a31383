// A request from inside the process to one of its own handlers, over a real HTTP connection that no port or file leads
// to. Law: whoever asks here is answered as an agent would be, and hanging up works as it does for an agent.

import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { duplexPair } from 'node:stream'
import { asHubError, HubError } from '../base/errors.js'
import { readAll } from '../upstream/client.js'

export type InnerRequest = {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Hangs up. */
  readonly signal: AbortSignal
  /** Of the answer; what is longer is an error. */
  readonly limit: number
}

export type InnerAnswer = { readonly status: number; readonly body: Buffer }

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

function send(handler: Handler, asked: InnerRequest): Promise<IncomingMessage> {
  const [near, far] = duplexPair()
  const server = createServer({ requestTimeout: 0 }, (incoming, outgoing) => {
    // A broken pair shows as 'close' on the answer; an unheard 'error' would end the process.
    incoming.on('error', () => undefined)
    outgoing.on('error', () => undefined)
    handler(incoming, outgoing).catch(() => outgoing.destroy())
  })
  return new Promise((resolve, reject) => {
    const asking = httpRequest({
      createConnection: () => near,
      method: 'POST',
      path: asked.path,
      headers: { ...asked.headers, 'content-length': String(asked.body.length) },
      signal: asked.signal,
    })
    // The two ends know nothing of each other's end until the last byte; a hang-up has to be told.
    near.once('close', () => far.destroy())
    asking.once('error', reject)
    asking.once('response', resolve)
    server.emit('connection', far)
    asking.end(asked.body)
  })
}

/** Throws HubError `canceled` when the signal ended it, `upstream-truncated` when the handler broke the answer off. */
export async function askInside(handler: Handler, asked: InnerRequest): Promise<InnerAnswer> {
  try {
    const answer = await send(handler, asked)
    return { status: answer.statusCode ?? 0, body: await readAll(answer, asked.limit) }
  } catch (thrown) {
    if (asked.signal.aborted) throw asHubError(asked.signal.reason)
    throw new HubError('upstream-truncated', 'The answer broke off before it was over.', {
      hint: 'Look at the new request with "axonhub trace list".',
      cause: thrown,
    })
  }
}
