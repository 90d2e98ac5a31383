// Asks the hub where a conversation went, for the status line: without the schemas of the whole control API, whose loading
// would take longer than the answer. Law: no answer in time, or any other, is undefined; nothing is thrown.

import { get } from 'node:http'
import { isObject, number, parseJson, text } from '../base/json.js'
import type { RouteReply } from './quota-schema.js'

const CHARGES = ['full', 'medium', 'low', 'empty', 'exhausted', 'unknown'] as const

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
  }
}

/** The route of a conversation's newest turn, asked over the control socket; waits at most `patienceMs`. */
export function askRoute(socket: string, trace: string, patienceMs: number): Promise<RouteReply | undefined> {
  return new Promise((resolve) => {
    const path = `/traces/${encodeURIComponent(trace)}/route`
    const asking = get({ socketPath: socket, path, agent: false }, (answer) => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => {
        body += piece
      })
      answer.on('end', () => end(answer.statusCode === 200 ? readRoute(body) : undefined))
      answer.on('error', () => end(undefined))
    })
    const end = (route: RouteReply | undefined) => {
      clearTimeout(timer)
      asking.destroy()
      resolve(route)
    }
    const timer = setTimeout(() => end(undefined), patienceMs)
    asking.on('error', () => end(undefined))
  })
}
