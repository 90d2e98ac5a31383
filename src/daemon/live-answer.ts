// `GET /requests/{id}/live`: the bytes of a running answer, those that went out already first, until it is over.

import type { ServerResponse } from 'node:http'
import { HubError } from '../base/errors.js'
import type { LiveBook } from './live-book.js'

/** A watcher that does not read is let go rather than fed for ever, bytes. */
const MOST_WAITING = 16 * 1024 * 1024

/** Throws HubError `not-found` when the request does not run. */
export function streamAnswer(outgoing: ServerResponse, id: string, book: LiveBook): void {
  const begin = () => {
    if (!outgoing.headersSent) outgoing.writeHead(200, { 'content-type': 'application/octet-stream' })
  }
  const stop = book.follow(id, {
    pieces(pieces) {
      begin()
      if (outgoing.writableLength > MOST_WAITING) outgoing.destroy()
      else outgoing.write(Buffer.concat(pieces))
    },
    end: () => outgoing.end(),
  })
  if (stop === undefined) throw new HubError('not-found', `No request "${id}" is running.`)
  begin()
  outgoing.flushHeaders()
  outgoing.on('close', stop)
}
