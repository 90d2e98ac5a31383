// One hub from start to stop: configuration changes while it runs, a second start, a taken port, the drain.
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { restartWarnings } from '../../src/daemon/status.js'
import { oneChannel, startTestHub, type TestHub } from '../support/hub.js'
import { type Answering, type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'

let upstream: RawUpstream
let answer: Answering = (response, seen) =>
  sendJson(response, { model: 'x', seen: seen.body.length, choices: [] })

beforeAll(async () => {
  upstream = await rawUpstream((response, seen, number) => answer(response, seen, number))
})
afterAll(() => upstream.close())

const chat = (hub: TestHub, model = 'm') => hub.post('/v1/chat/completions', { model, messages: [] })

async function until(what: () => Promise<boolean> | boolean, ms = 4000): Promise<void> {
  const end = performance.now() + ms
  while (performance.now() < end) {
    if (await what()) return
    await sleep(25)
  }
  throw new Error('it did not happen in time')
}

describe('a running hub', () => {
  let hub: TestHub
  beforeAll(async () => {
    hub = await startTestHub({
      config: oneChannel('openai-chat', `${upstream.url}/v1`),
      timing: { drainMs: 400 },
    })
  })

  it('tells who it is in run/daemon.json and over a socket that only its user can open', async () => {
    const record: unknown = JSON.parse(readFileSync(join(hub.home, 'run/daemon.json'), 'utf8'))
    expect(record).toMatchObject({ pid: process.pid, host: '127.0.0.1', port: Number(new URL(hub.url).port) })
    expect(statSync(join(hub.home, 'run/axonhub.sock')).mode & 0o777).toBe(0o600)
    expect(await hub.control('/status')).toMatchObject({
      pid: process.pid,
      keys: ['test'],
      configError: null,
    })
  })

  it('takes a changed configuration for the next request, without a restart', async () => {
    hub.writeConfig(
      oneChannel(
        'openai-chat',
        `${upstream.url}/v1`,
        'profiles:\n  p:\n    mappings: [{ from: m, to: mapped }]\nactive_profile: p',
      ),
    )
    const asked = () => upstream.seen.at(-1)?.body.toString() ?? ''
    await until(async () => (await chat(hub)).ok && asked().includes('"mapped"'))
    expect(asked()).toContain('"model":"mapped"')
  })

  it('keeps the old configuration when the new one is wrong, and says what is wrong', async () => {
    hub.writeConfig('channels: [')
    await until(async () => JSON.stringify(await hub.control('/status')).includes('config.yml:'))
    expect((await chat(hub)).status).toBe(200)
    hub.writeConfig(oneChannel('openai-chat', `${upstream.url}/v1`))
    await until(async () => JSON.stringify(await hub.control('/status')).includes('"configError":null'))
  })

  it('keeps the configuration and every key when the file is taken away, and says so', async () => {
    rmSync(join(hub.home, 'config.yml'))
    expect(await hub.control('/reload', {})).toMatchObject({
      changed: false,
      error: expect.stringContaining('is gone'),
    })
    expect(await hub.control('/status')).toMatchObject({
      keys: ['test'],
      configError: expect.stringContaining('config.yml is gone'),
    })
    expect((await chat(hub)).status).toBe(200)
    hub.writeConfig(oneChannel('openai-chat', `${upstream.url}/v1`))
    await until(async () => JSON.stringify(await hub.control('/status')).includes('"configError":null'))
  })

  it('says that another address in the file takes a restart', async () => {
    hub.writeConfig(`server: { host: "::1" }\n${oneChannel('openai-chat', `${upstream.url}/v1`)}`)
    await hub.control('/reload', {})
    expect(await hub.control('/status')).toMatchObject({
      host: '127.0.0.1',
      warnings: ['server.host is ::1 in the file and 127.0.0.1 here; takes effect after "axonhub restart".'],
    })
    const here = { asked: '127.0.0.1', port: 8090, tls: undefined }
    expect(restartWarnings({ ...here, port: 9000 }, here)).toEqual([
      'server.port is 9000 in the file and 8090 here; takes effect after "axonhub restart".',
    ])
    expect(restartWarnings({ ...here, port: 0 }, here)).toEqual([])
    hub.writeConfig(oneChannel('openai-chat', `${upstream.url}/v1`))
  })

  it('refuses a second hub on the same home and names the first', async () => {
    const second = await startTestHub({ home: hub.home, config: '' }).catch((error: unknown) => String(error))
    expect(second).toContain(`pid ${process.pid}`)
    expect(second).toContain(hub.url)
    hub.writeConfig(oneChannel('openai-chat', `${upstream.url}/v1`))
  })

  it('lets running answers end when it stops, tells those that take too long, and leaves nothing behind', async () => {
    answer = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"id":"c","model":"x","choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n')
      await sleep(5000, undefined, { ref: false })
      response.end()
    }
    const reply = await hub.post('/v1/chat/completions', { model: 'm', stream: true, messages: [] })
    const text = reply.text()
    await sleep(50)
    await hub.stop()
    expect(await text).toContain('The hub was stopped while this answer was running. Start it again')
    expect(existsSync(hub.home)).toBe(false)
    await expect(fetch(`${hub.url}/health`)).rejects.toThrow('fetch failed')
  })
})

describe('a port that is taken', () => {
  it('is answered with the name and pid of its owner', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen({ host: '127.0.0.1', port: 0 }, resolve))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { listenOnPort } = await import('../../src/daemon/listen.js')
    // TEST-NET-3 (RFC 5737): no machine has it.
    await expect(listenOnPort(createServer(), '203.0.113.9', 0)).rejects.toMatchObject({
      code: 'config-invalid',
      detail: { hint: expect.stringContaining('server.host') },
    })
    await expect(listenOnPort(createServer(), '127.0.0.1', port)).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(`pid ${process.pid}`),
    })
    other.close()
  })
})

describe('the trace', () => {
  it('has each request with its attempts, decision, usage and bodies, and no secret', async () => {
    answer = (response) =>
      sendJson(response, {
        id: 'c',
        model: 'x',
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
        usage: {
          prompt_tokens: 10,
          completion_tokens: 2,
          total_tokens: 12,
          prompt_tokens_details: { cached_tokens: 4 },
        },
      })
    const hub = await startTestHub({ config: oneChannel('openai-chat', `${upstream.url}/v1`) })
    await hub.post(
      '/v1/messages',
      { model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'What is up?' }] },
      { 'x-claude-code-session-id': 'session-1', 'user-agent': 'claude-cli/2.1.328 (external, cli)' },
    )
    await until(async () => JSON.stringify(await hub.control('/traces')).includes('"running":0'))
    const trace = JSON.stringify(await hub.control('/traces/session-1'))
    expect(trace).toContain('"agent":"claude-code"')
    expect(trace).toContain('"title":"What is up?"')
    expect(trace).toContain('"mode":"convert"')
    expect(trace).toContain('"inputFresh":6,"cacheRead":4')
    expect(trace).toContain('channel up: choice 1')
    expect(trace).not.toContain(hub.key)
    expect(trace).not.toContain('sk-upstream-secret')
    await hub.stop()
  })
})
