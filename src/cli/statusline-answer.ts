// The line for Claude Code, from what it writes on stdin: read, ask the hub, and say it. Law: it is there within milliseconds
// and never fails its caller, whatever comes in and whether or not a hub runs; so little is loaded for it.

import { isObject, type JsonObject, parseJson, text } from '../base/json.js'
import { askRoute } from '../control/route-question.js'
import { hasPictures } from './battery.js'
import { statusLine } from './status-line.js'

export type StatuslineDeps = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  /** The control socket of the home. */
  readonly socket: string
}

/** A hub that hangs must not hold the line; one that works answers within a few ms. */
const PATIENCE_MS = 150

async function told({ stdin }: StatuslineDeps): Promise<JsonObject> {
  if (stdin.isTTY === true) return {}
  const pieces: Buffer[] = []
  for await (const piece of stdin) pieces.push(Buffer.from(piece))
  const value = parseJson(Buffer.concat(pieces).toString('utf8'))
  return isObject(value) ? value : {}
}

export async function statuslineAnswer(deps: StatuslineDeps): Promise<string> {
  const session = await told(deps).catch((): JsonObject => ({}))
  const id = text(session, 'session_id')
  const route =
    id === undefined ? undefined : await askRoute(deps.socket, id, PATIENCE_MS).catch(() => undefined)
  return statusLine(session, route, hasPictures(deps.env, deps.platform))
}
