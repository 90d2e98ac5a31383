// The request header of the contract: every answer carries an id. A client that sends one of its own gets it back; in the
// trace and the log a request has the hub's id, which nobody else can have chosen.

import type { IncomingHttpHeaders } from 'node:http'

/** Visible ASCII, so that it can stand in a header as it came. */
const SANE = /^[\x21-\x7e]{1,128}$/

/** `name` is the request header of the configuration, `id` the hub's own. */
export function requestIdHeader(
  headers: IncomingHttpHeaders,
  name: string,
  id: string,
): Record<string, string> {
  const sent = headers[name.toLowerCase()]
  return { [name]: typeof sent === 'string' && SANE.test(sent) ? sent : id }
}
