// Asks the hub where a conversation went, for the status line: over the bare socket and without the schemas of the control API,
// because loading HTTP takes longer than the answer. Law: no answer in time, or any other, is undefined; nothing is thrown.

import { connect } from 'node:net'
import { isObject, number, parseJson, text } from '../base/json.js'
import type { RouteReply } from './quota-schema.js'

const CHARGES = ['full', 'medium', 'low', 'empty', 'exhausted', 'unknown'] as const
const LARGEST_ANSWER = 64 * 1024

function readRoute(body: string): RouteReply | undefined {
  const told = parseJson(body)
  const modelAsked = isObject(told) ? text(told, 'modelAsked') : undefined
  if (!isObject(told) || modelAsked === undefined) return undefined
  return {
    modelAsked,
    modelUsed: text(told, 'modelUsed') ?? null,
    channel: text(told, 'channel') ?? null,
    charge: CHARGES.find((charge) => charge === told['charge']) ?? null,
    leftPercent: number(told, 'leftPercent') ?? null,
    window: text(told, 'window') ?? null,
    resetsAt: text(told, 'resetsAt') ?? null,
    contextWindow: number(told, 'contextWindow') ?? null,
    costDollars: number(told, 'costDollars') ?? null,
  }
}

/** `HTTP/1.1 200 OK`, headers, an empty line, the body: an answer to HTTP/1.0 is never in chunks. */
function bodyOf(answer: string): string | undefined {
  const at = answer.indexOf('\r\n\r\n')
  return at >= 0 && /^HTTP\/1\.\d 200 /.test(answer) ? answer.slice(at + 4) : undefined
}

/** The route of a conversation's newest turn, asked over the control socket; waits at most `patienceMs`. */
export function askRoute(socket: string, trace: string, patienceMs: number): Promise<RouteReply | undefined> {
  return new Promise((resolve) => {
    const connection = connect(socket)
    let answer = ''
    const end = (route: RouteReply | undefined) => {
      clearTimeout(timer)
      connection.destroy()
      resolve(route)
    }
    const timer = setTimeout(() => end(undefined), patienceMs)
    connection.setEncoding('utf8')
    connection.on('error', () => end(undefined))
    connection.on('connect', () =>
      connection.write(
        `GET /traces/${encodeURIComponent(trace)}/route HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      ),
    )
    connection.on('data', (piece: string) => {
      answer += piece
      if (answer.length > LARGEST_ANSWER) end(undefined)
    })
    connection.on('end', () => {
      const body = bodyOf(answer)
      end(body === undefined ? undefined : readRoute(body))
    })
  })
}
