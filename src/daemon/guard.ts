// What a web page in a browser must not be able to do: reach the hub through another name (Host) or from
// another site (Origin). Nothing here sends CORS headers, so no page can read an answer either.

import type { IncomingHttpHeaders } from 'node:http'
import { HubError } from '../base/errors.js'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|\[0:0:0:0:0:0:0:1\])(:\d+)?$/i

function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host)
}

/** Throws HubError `permission` for a foreign Host or Origin. */
export function guardBrowser(headers: IncomingHttpHeaders): void {
  const host = headers.host
  if (host === undefined || !isLoopbackHost(host)) {
    throw new HubError('permission', 'The Host header names another machine.', {
      hint: 'Use http://127.0.0.1 as the address of the hub.',
    })
  }
  const origin = headers.origin
  if (origin === undefined) return
  const match = /^https?:\/\/(.+)$/i.exec(origin)
  if (match?.[1] === undefined || !isLoopbackHost(match[1])) {
    throw new HubError('permission', 'Requests from web pages of other sites are refused.', {
      hint: 'The hub answers programs on this machine only.',
    })
  }
}
