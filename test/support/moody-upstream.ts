// A provider of one of the three protocols that can be sick in many ways, or gone. It answers each request with pieces that carry the
// request's own mark, and remembers which answers it broke after their content had begun: those no hub can save.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProtocolId } from '../../src/protocol/ids.js'
import { type Voice, voiceOf, wholeAnswer } from './voice.js'

export const SICKNESSES = [
  'dead',
  'stalled',
  'limited',
  'broken',
  'cut-early',
  'cut-late',
  'hidden-error',
] as const
export type Sickness = (typeof SICKNESSES)[number]

export type MoodyUpstream = {
  readonly url: string
  /** Marks of requests whose answer broke after content had gone out. */
  readonly hurt: ReadonlySet<string>
  /** How many requests were answered whole. */
  served(): number
  fallSick(sickness: Sickness): Promise<void>
  /** Well again; resolves when nothing that began in sickness is open any more. */
  recover(): Promise<void>
  close(): Promise<void>
}

export const PIECES = 4

/** The text of a whole answer to the request of this mark. */
export function wholeText(mark: string): string {
  return Array.from({ length: PIECES }, (_, index) => `${mark}:${index};`).join('')
}

type Running = {
  readonly mark: string
  readonly voice: Voice
  content: boolean
  readonly response: ServerResponse
}
type State = {
  readonly protocol: ProtocolId
  mood: Sickness | 'well'
  served: number
  readonly hurt: Set<string>
  readonly running: Set<Running>
  /** How long between two pieces, ms. */
  readonly pauseMs: number
}

function sendJson(response: ServerResponse, status: number, value: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}

/** In some protocols nothing is to be said yet. */
function write(response: ServerResponse, words: string): void {
  if (words !== '') response.write(words)
}

async function sendPieces(state: State, run: Running, until: number): Promise<boolean> {
  const { response, mark, voice } = run
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  write(response, voice.open() + voice.begin())
  for (let index = 0; index < until; index += 1) {
    await sleep(state.pauseMs * (0.5 + Math.random()))
    if (response.destroyed) return false
    run.content = true
    response.write(voice.piece(`${mark}:${index};`))
  }
  return true
}

async function answerWell(state: State, run: Running, stream: boolean): Promise<void> {
  const { response, mark } = run
  if (!stream) {
    await sleep(state.pauseMs)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(wholeAnswer(state.protocol, wholeText(mark)))
  } else {
    if (!(await sendPieces(state, run, PIECES))) return
    response.end(run.voice.close())
  }
  state.served += 1
}

async function answerSick(state: State, run: Running, sickness: Sickness, stream: boolean): Promise<void> {
  const { response, mark } = run
  switch (sickness) {
    case 'dead':
      response.destroy()
      return
    case 'stalled':
      // Before or after the head, but never an answer: the hub has to give up on it.
      if (Math.random() < 0.5) response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      return
    case 'limited':
      sendJson(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '1' })
      return
    case 'broken':
      sendJson(response, 503, { error: { message: 'boom' } })
      return
    case 'cut-early':
      response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
      write(response, stream ? run.voice.open() : '{"id":"c","choices":[{"index":0,"mes')
      await sleep(5)
      response.destroy()
      return
    case 'cut-late':
      if (!stream) return void response.destroy()
      state.hurt.add(mark)
      if (await sendPieces(state, run, 2)) await sleep(5)
      response.destroy()
      return
    case 'hidden-error':
      if (!stream) return sendJson(response, 500, { error: { message: 'no capacity' } })
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end('data: {"error":{"message":"no capacity","code":503}}\n\n')
  }
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(Buffer.from(piece))
  const body = Buffer.concat(pieces).toString('utf8')
  const mark = body.match(/mark-\d+/g)?.at(-1) ?? ''
  const run: Running = { mark, voice: voiceOf(state.protocol), content: false, response }
  state.running.add(run)
  response.on('error', () => undefined)
  response.on('close', () => state.running.delete(run))
  const stream = body.includes('"stream":true')
  if (state.mood === 'well') await answerWell(state, run, stream)
  else await answerSick(state, run, state.mood, stream)
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

export async function moodyUpstream(
  pauseMs: number,
  protocol: ProtocolId = 'openai-chat',
): Promise<MoodyUpstream> {
  const state: State = { protocol, mood: 'well', served: 0, hurt: new Set(), running: new Set(), pauseMs }
  const opened = () =>
    createServer((request, response) => {
      serve(state, request, response).catch(() => response.destroy())
    })
  let server = opened()
  const port = await listen(server, 0)
  return {
    url: `http://127.0.0.1:${port}`,
    hurt: state.hurt,
    served: () => state.served,
    async fallSick(sickness) {
      const wasDead = state.mood === 'dead'
      state.mood = sickness
      if (sickness === 'dead') {
        for (const run of state.running) if (run.content) state.hurt.add(run.mark)
        if (!wasDead) await shut(server)
      } else if (wasDead) {
        server = opened()
        await listen(server, port)
      }
    },
    async recover() {
      const silent = [...state.running].filter((run) => !run.content)
      if (state.mood === 'dead') {
        server = opened()
        await listen(server, port)
      }
      state.mood = 'well'
      while (silent.some((run) => state.running.has(run))) await sleep(10)
    },
    close: () => (state.mood === 'dead' ? Promise.resolve() : shut(server)),
  }
}
