// A hub that is its own upstream, straight or by way of another hub, says so instead of asking itself for ever.
import { createServer, request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { startTestHub, type TestHub } from '../support/hub.js'
import { rawUpstream, sendSse } from '../support/raw-upstream.js'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function started(config = ''): Promise<TestHub> {
  const hub = await startTestHub({ config })
  cleanups.push(() => hub.stop())
  return hub
}

const channel = (name: string, url: string, key: string, priority = 0) =>
  `  - { name: ${name}, endpoints: { openai-chat: "${url}/v1" }, api_key: ${key}, priority: ${priority} }\n`
const rerouted = async (hub: TestHub, channels: string) => {
  hub.writeConfig(`channels:\n${channels}`)
  await hub.control('/reload', {})
}
const ask = (hub: TestHub) =>
  hub.post('/v1/chat/completions', { model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] })

/** Another address for the hub, as a port forward gives it. */
async function forwardTo(url: string): Promise<{ url: string; count(): number }> {
  let count = 0
  const server = createServer((incoming, outgoing) => {
    count += 1
    const onward = request(
      url + (incoming.url ?? ''),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
        answer.pipe(outgoing)
      },
    )
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  cleanups.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, count: () => count }
}

describe('a channel that has the address of the hub', () => {
  it('is never asked, and the reason says why', async () => {
    const hub = await started()
    await rerouted(hub, channel('self', hub.url, hub.key))
    const reply = await ask(hub)
    expect(reply.status).toBe(503)
    expect(await reply.text()).toMatch(
      /self: skipped, http:\/\/127\.0\.0\.1:\d+\/v1 is the address of this hub/,
    )
  })
})

describe('a test of a channel', () => {
  it('that has the address of the hub sends nothing and says why, as a request does', async () => {
    const hub = await started()
    await rerouted(hub, channel('self', hub.url, hub.key))
    const reply = await hub.control('/channels/self/test', { model: 'm' })
    expect(reply).toMatchObject({
      ok: false,
      note: `not asked, ${hub.url}/v1 is the address of this hub.`,
      cards: [],
    })
  })

  it('that leads back by another address says so, as a request does', async () => {
    const hub = await started()
    const forward = await forwardTo(hub.url)
    await rerouted(hub, channel('round', forward.url, hub.key))
    const reply = await hub.control('/channels/round/test', { model: 'm', depth: 'text' })
    expect(JSON.stringify(reply)).toContain(`${forward.url}/v1 leads back to this hub.`)
    expect(reply).toMatchObject({ ok: false })
  })
})

describe('a request that comes back', () => {
  it('by another address is refused at once, and the sentence names the channel', async () => {
    const hub = await started()
    const forward = await forwardTo(hub.url)
    await rerouted(hub, channel('round', forward.url, hub.key))
    const reply = await ask(hub)
    expect(reply.status).toBe(508)
    expect(await reply.text()).toContain(`${forward.url}/v1 leads back to this hub.`)
    expect(reply.headers.get('x-should-retry')).toBe('false')
    expect(forward.count()).toBe(1)
  })

  it('by way of a second hub is refused as well', async () => {
    const [hub, second] = [await started(), await started()]
    await rerouted(hub, channel('second', second.url, second.key))
    await rerouted(second, channel('first', hub.url, hub.key))
    const reply = await ask(hub)
    expect(reply.status).toBeGreaterThanOrEqual(500)
    expect(await reply.text()).toContain('leads back to this hub')
  })

  it('goes to the next channel, as every other fault of a channel', async () => {
    const hub = await started()
    const forward = await forwardTo(hub.url)
    const good = await rawUpstream((response) =>
      sendSse(
        response,
        'data: {"id":"c","choices":[{"index":0,"delta":{"content":"fine"}}]}\n\ndata: [DONE]\n\n',
      ),
    )
    cleanups.push(() => good.close())
    await rerouted(hub, channel('round', forward.url, hub.key) + channel('good', good.url, 'sk-x', 1))
    const reply = await ask(hub)
    expect(await reply.text()).toContain('fine')
    expect(good.seen[0]?.headers['ah-hop']).toMatch(/^ah-[0-9a-f]{32}$/)
  })
})
