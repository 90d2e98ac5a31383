// The state of a hub of this very version, asked without the schemas of all that a hub can say: they take longer to load than
// the question takes. Law: it never fails; for whatever is not usual it knows nothing, and the whole client is asked.

import { request } from 'node:http'
import { isObject, parseJson } from '../base/json.js'
import type { StatusReply } from './api.js'

const PATIENCE_MS = 2_000

const FIELDS: Readonly<Record<keyof StatusReply, true>> = {
  pid: true,
  version: true,
  startedAt: true,
  host: true,
  port: true,
  remote: true,
  home: true,
  demo: true,
  flags: true,
  profile: true,
  channels: true,
  keys: true,
  configError: true,
  warnings: true,
  secrets: true,
  requests: true,
  recorder: true,
}

/** Who is of the same version writes by the same types. */
function isOwn(value: unknown, version: string): value is StatusReply {
  return isObject(value) && value['version'] === version && Object.keys(FIELDS).every((name) => name in value)
}

/** Undefined: nobody answers, or not as this version would. */
export function statusOfSameVersion(socketPath: string, version: string): Promise<StatusReply | undefined> {
  return new Promise((resolve) => {
    const nothing = () => resolve(undefined)
    const asking = request({ socketPath, path: '/status', agent: false }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('error', nothing)
      answer.on('end', () => {
        const value: unknown = parseJson(Buffer.concat(pieces).toString('utf8'))
        resolve(answer.statusCode === 200 && isOwn(value, version) ? value : undefined)
      })
    })
    asking.setTimeout(PATIENCE_MS, () => asking.destroy(new Error('no answer')))
    asking.on('error', nothing)
    asking.end()
  })
}
