// What was recorded, asked of a hub of this very version without the schemas of all that a hub can say. Law: whatever is not usual
// (a failure, a shape of another version, nobody) is asked again by the whole client, which tells it well.

import { Agent, request } from 'node:http'
import { HubError } from '../base/errors.js'
import { isObject, object, parseJson, text } from '../base/json.js'
import type { ChunkTime, ListedTrace, RequestView, TraceView, UsageRow } from '../store/views.js'
import { bodyPath, listPath, requestPath, tracePath, usagePath } from './trace-paths.js'
import type { TraceReader } from './trace-reader.js'

const PATIENCE_MS = 10_000
/** A conversation is shown from dozens of bodies. */
const CONNECTIONS = 4

type Check<T> = (value: unknown) => value is T

const has = (value: unknown, ...names: readonly string[]): boolean =>
  isObject(value) && names.every((name) => name in value)

const isTrace: Check<TraceView> = (value): value is TraceView => has(value, 'id', 'turns', 'usage', 'cost')
const isRequest: Check<RequestView> = (value): value is RequestView =>
  has(value, 'id', 'traceId', 'attempts', 'bodies', 'decision')
const isList: Check<ListedTrace[]> = (value): value is ListedTrace[] =>
  Array.isArray(value) && value.every((one) => has(one, 'id', 'turns', 'match'))
const isUsage: Check<UsageRow[]> = (value): value is UsageRow[] =>
  Array.isArray(value) && value.every((one) => has(one, 'key', 'usage', 'cost'))
const isTimes: Check<ChunkTime[]> = (value): value is ChunkTime[] =>
  Array.isArray(value) && value.every((one) => has(one, 'offset', 'atMs'))

/** What the asker did wrong: an id that is not there is asked for whenever it may be that of a request. */
function refusal(bytes: Buffer): HubError | undefined {
  const value = parseJson(bytes.toString('utf8'))
  const error = isObject(value) ? object(value, 'error') : undefined
  const code = error === undefined ? undefined : text(error, 'code')
  if (error === undefined || (code !== 'not-found' && code !== 'usage')) return undefined
  const hint = text(error, 'hint')
  return new HubError(code, text(error, 'message') ?? '', hint === undefined ? {} : { hint })
}

/** The bytes of a good answer; undefined for a strange one. Rejects with a HubError `not-found` or `usage`. */
function bytesAt(agent: Agent, socketPath: string, path: string): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const nothing = () => resolve(undefined)
    const asking = request({ socketPath, path, agent }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('error', nothing)
      answer.on('end', () => {
        const bytes = Buffer.concat(pieces)
        const refused = answer.statusCode === 200 ? undefined : refusal(bytes)
        if (refused !== undefined) reject(refused)
        else resolve(answer.statusCode === 200 ? bytes : undefined)
      })
    })
    asking.setTimeout(PATIENCE_MS, () => asking.destroy(new Error('no answer')))
    asking.on('error', nothing)
    asking.end()
  })
}

/** `whole`: the client that is asked when something is not usual. */
export function tracesOfSameVersion(socket: string, whole: () => Promise<TraceReader>): TraceReader {
  // Connections that nobody uses do not keep a process.
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const asked = async <T>(
    path: string,
    isOwn: Check<T>,
    otherwise: (reader: TraceReader) => Promise<T>,
  ): Promise<T> => {
    const bytes = await bytesAt(agent, socket, path)
    const value: unknown = bytes === undefined ? undefined : parseJson(bytes.toString('utf8'))
    return isOwn(value) ? value : otherwise(await whole())
  }
  return {
    listTraces: (ask) =>
      asked<readonly ListedTrace[]>(listPath(ask), isList, (reader) => reader.listTraces(ask)),
    showTrace: (id) => asked(tracePath(id), isTrace, (reader) => reader.showTrace(id)),
    showRequest: (id) => asked(requestPath(id), isRequest, (reader) => reader.showRequest(id)),
    body: async (question) =>
      (await bytesAt(agent, socket, bodyPath(question))) ?? (await whole()).body(question),
    times: (question) =>
      asked<readonly ChunkTime[]>(bodyPath(question, 'times'), isTimes, (reader) => reader.times(question)),
    usage: (question) =>
      asked<readonly UsageRow[]>(usagePath(question), isUsage, (reader) => reader.usage(question)),
  }
}
