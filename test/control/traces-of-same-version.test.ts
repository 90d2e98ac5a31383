// The short way to read what was recorded: it tells what the whole client tells, and leaves to it what is not usual.
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { HubError } from '../../src/base/errors.js'
import { resolvePaths } from '../../src/config/paths.js'
import { controlClient } from '../../src/control/client.js'
import type { TraceReader } from '../../src/control/trace-reader.js'
import { tracesOfSameVersion } from '../../src/control/traces-of-same-version.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { temporaryFolder } from '../support/records.js'

let hub: TestHub
let socket = ''
let id = ''
beforeAll(async () => {
  hub = await startTestHub({ demo: true })
  socket = resolvePaths({ AXONHUB_HOME: hub.home }, hub.home).socket
  const body = { model: 'demo', stream: true, messages: [{ role: 'user', content: 'Hello' }] }
  const reply = await hub.post('/v1/chat/completions', body, { 'ah-trace-id': 'short' })
  await reply.text()
  id = reply.headers.get('ah-request-id') ?? ''
  const isOver = async () =>
    (
      await controlClient(socket)
        .showRequest(id)
        .catch(() => undefined)
    )?.outcome === 'completed'
  for (let tries = 0; tries < 200 && !(await isOver()); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
})
afterAll(() => hub.stop())

/** Each question, and what it is asked about. */
const QUESTIONS: readonly [string, (reader: TraceReader) => Promise<unknown>][] = [
  ['the list of traces', (reader) => reader.listTraces({ limit: 5, text: 'hello' })],
  ['a trace', (reader) => reader.showTrace('short')],
  ['a request', (reader) => reader.showRequest(id)],
  ['a body', (reader) => reader.body({ request: id, which: 'request' })],
  ['the times of a body', (reader) => reader.times({ request: id, which: 'response' })],
  ['usage', (reader) => reader.usage({ by: 'trace' })],
]

const nobody = () => Promise.reject(new Error('the whole client was asked'))

/** What is told when the socket that is asked first answers everything with one text. */
async function askedAgain(
  ask: (reader: TraceReader) => Promise<unknown>,
  status: number,
  text: string,
): Promise<unknown> {
  const strange = join(temporaryFolder(), 's')
  const server = createServer((_request, response) => response.writeHead(status).end(text))
  await new Promise<void>((resolve) => server.listen(strange, resolve))
  onTestFinished(() => void server.close())
  onTestFinished(() => server.closeAllConnections())
  return ask(tracesOfSameVersion(strange, async () => controlClient(socket)))
}

describe.each(QUESTIONS)('%s', (_name, ask) => {
  it('is told as by the whole client', async () => {
    const short = await ask(tracesOfSameVersion(socket, nobody))
    expect(short).toEqual(await ask(controlClient(socket)))
    expect(short).not.toEqual([])
  })

  it('is asked again by the whole client where it is answered with an error', async () => {
    expect(await askedAgain(ask, 500, '{}')).toEqual(await ask(controlClient(socket)))
  })
})

// Bytes have no shape.
describe.each(QUESTIONS.filter(([name]) => name !== 'a body'))('%s', (_name, ask) => {
  it('is asked again where it is not answered as this version would', async () => {
    expect(await askedAgain(ask, 200, '[{"id":"x"}]')).toEqual(await ask(controlClient(socket)))
  })
})

it.each(['nothing-here', 'x'])(
  'tells what is wrong with %s as the whole client does, without it',
  async (wrong) => {
    const errorOf = (reader: TraceReader) =>
      reader.showTrace(wrong).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
    const told = await errorOf(controlClient(socket))
    expect(told).toBeInstanceOf(HubError)
    expect(await errorOf(tracesOfSameVersion(socket, nobody))).toEqual(told)
  },
)
