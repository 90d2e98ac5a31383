// The control client against sockets that answer well, badly, late, or not at all.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HubError } from '../../src/base/errors.js'
import { controlClient } from '../../src/control/client.js'

let folder = ''
let socket = ''
let server: Server | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'axs-'))
  socket = join(folder, 's')
})
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
  server = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function answering(listener: RequestListener) {
  const made = createServer(listener)
  server = made
  await new Promise<void>((resolve) => made.listen(socket, resolve))
  return controlClient(socket)
}

async function errorOf(
  action: Promise<unknown>,
): Promise<{ code: string; message: string; hint: string | undefined }> {
  const thrown: unknown = await action.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (!(thrown instanceof HubError)) throw new Error('no HubError was thrown', { cause: thrown })
  return { code: thrown.code, message: thrown.message, hint: thrown.detail.hint }
}

it('takes a socket that nobody answers on, or that is not there, for a daemon that is off', async () => {
  expect(await errorOf(controlClient(socket).status())).toMatchObject({
    code: 'daemon-not-running',
    hint: 'Start it with "axonhub serve --detach".',
  })
})

it('takes a connection that is cut for a daemon that has gone', async () => {
  const client = await answering((_incoming, outgoing) => outgoing.destroy())
  expect((await errorOf(client.shutdown())).code).toBe('daemon-not-running')
})

it('passes on what the daemon refuses, with its hint', async () => {
  const client = await answering((_incoming, outgoing) => {
    outgoing.writeHead(404, { 'content-type': 'application/json' })
    outgoing.end('{"error":{"code":"not-found","message":"There is no trace x.","hint":"Look again."}}')
  })
  expect(await errorOf(client.showTrace('x'))).toEqual({
    code: 'not-found',
    message: 'There is no trace x.',
    hint: 'Look again.',
  })
})

it('says that the versions differ when the answer has another shape', async () => {
  const client = await answering((_incoming, outgoing) => outgoing.end('{"pid":"many"}'))
  expect((await errorOf(client.status())).hint).toContain('axonhub restart')
})

it('reads the status of a hub of an older version, so that it can be stopped and restarted', async () => {
  const older = {
    pid: 1,
    version: '0.0.1',
    startedAt: '2026-11-01T00:00:00.000Z',
    host: '127.0.0.1',
    port: 8090,
    home: '/home',
    demo: false,
    profile: null,
    channels: [],
    keys: [],
    configError: null,
    warnings: [],
    secrets: 'file',
    requests: { running: 0, completed: 1, failed: 0, canceled: 0 },
    recorder: { state: 'ok', queuedBytes: 0, droppedBodies: 0, error: null },
  }
  const client = await answering((_incoming, outgoing) => outgoing.end(JSON.stringify(older)))
  expect(await client.status()).toEqual({
    ...older,
    remote: null,
    flags: {},
    requests: { ...older.requests, refused: 0 },
  })
})

it('reads traces of a newer hub whose words it does not know', async () => {
  const usage = { inputFresh: 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 1, reasoning: 0 }
  const place = { startedAt: 1, agentVersion: null, agent: 'agent-of-tomorrow', cost: 0 }
  const trace = {
    ...place,
    id: 'at-1',
    threadId: null,
    source: 'new',
    directory: null,
    title: 'Hi',
    lastAt: 2,
    requests: 1,
    failed: 0,
    canceled: 0,
    running: 0,
    models: [],
    usage,
    unpriced: 0,
  }
  const nothing = { errorCode: null, errorText: null, status: 200, firstByteMs: null, durationMs: 1 }
  const attempt = {
    ...nothing,
    number: 1,
    channel: 'c',
    key: null,
    protocol: 'p',
    mode: 'of-tomorrow',
    url: 'u',
    modelUsed: 'm',
    startedAt: 1,
    outcome: 'of-tomorrow',
    upstreamRequestId: null,
    headers: {},
  }
  const request = {
    ...nothing,
    ...place,
    id: 'ar-1',
    traceId: 'at-1',
    turn: 1,
    subagent: null,
    parentSubagent: null,
    purpose: 'of-tomorrow',
    keyName: 'k',
    profile: null,
    method: 'POST',
    path: '/',
    protocol: 'p',
    modelAsked: 'm',
    stream: true,
    prompt: null,
    headers: {},
    finishedAt: 2,
    outcome: 'of-tomorrow',
    channel: null,
    modelUsed: null,
    mode: 'of-tomorrow',
    firstTokenMs: null,
    gaps: [],
    usage: null,
    price: null,
    cacheBreak: { cause: 'of-tomorrow', detail: 'd', tokens: 1, dollars: null },
    stopReason: null,
    notes: [],
    decision: [],
    attempts: [attempt],
    bodies: [
      { which: 'request', attempt: 0, bytes: 1, removed: 0 },
      { which: 'of-tomorrow', attempt: 0, bytes: 1, removed: 0 },
    ],
    bodiesDropped: 0,
  }
  const turn = { number: 1, key: null, prompt: 'Hi', startedAt: 1, requests: [request] }
  const listed = { ...trace, turns: 1, match: { request: 'ar-1', which: 'of-tomorrow', text: 't', hits: [] } }
  const client = await answering(({ url }, outgoing) =>
    outgoing.end(JSON.stringify(url === '/traces/at-1' ? { ...trace, turns: [turn] } : [listed])),
  )
  expect(await client.listTraces({ limit: 1 })).toMatchObject([
    { agent: 'other', match: { which: 'response' } },
  ])
  expect(await client.showTrace('at-1')).toMatchObject({
    agent: 'other',
    turns: [
      {
        requests: [
          {
            agent: 'other',
            purpose: 'other',
            mode: null,
            outcome: 'canceled',
            cacheBreak: { cause: 'unknown' },
            attempts: [{ mode: 'convert', outcome: 'canceled' }],
            bodies: [{ which: 'request' }],
          },
        ],
      },
    ],
  })
})

it('asks for what it is asked for, with names that need no trust', async () => {
  const seen: string[] = []
  const client = await answering((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`)
    outgoing.end('[]')
  })
  await client.listTraces({ limit: 3, before: 5, agent: 'codex' })
  await client.listModels('a/../b ?')
  expect(seen).toEqual(['GET /traces?limit=3&before=5&agent=codex', 'GET /channels/a%2F..%2Fb%20%3F/models'])
})

it('reads events line by line over any split, leaves out what it does not know, and ends with its signal', async () => {
  const event = {
    type: 'request-finished',
    requestId: 'r',
    finishedAt: 1,
    outcome: 'completed',
    status: 200,
    durationMs: 2,
    notes: [],
  }
  const text = `{"type":"snapshot","running":[]}\n{"type":"of-tomorrow"}\nnonsense\n${JSON.stringify(event)}\n`
  const client = await answering((_incoming, outgoing) => {
    outgoing.write(text.slice(0, 20))
    setTimeout(() => outgoing.write(text.slice(20)), 20)
  })
  const ending = new AbortController()
  const seen: string[] = []
  const read = async () => {
    for await (const { type } of client.events(ending.signal)) {
      seen.push(type)
      if (type === 'request-finished') ending.abort()
    }
  }
  await read().catch(() => undefined)
  expect(seen).toEqual(['snapshot', 'request-finished'])
})
