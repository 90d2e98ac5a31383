// A restart does not move a conversation: the provider's cache of it is on the channel, and on the key, where it was.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/open.js'
import { listPlaces } from '../../src/store/places.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream, sendSse } from '../support/raw-upstream.js'

let home: string
let upstream: RawUpstream
let down: string | undefined

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ahub-'))
  upstream = await rawUpstream((response, seen) => {
    const who = `${seen.path.split('/')[1]} ${seen.headers.authorization ?? ''}`
    if (seen.path.startsWith(`/${down}/`)) response.destroy()
    else sendSse(response, `data: {"choices":[{"index":0,"delta":{"content":"${who}"}}]}\n\ndata: [DONE]\n\n`)
  })
})
afterAll(async () => {
  await upstream.close()
  rmSync(home, { recursive: true, force: true })
})

const start = () =>
  startTestHub({
    home,
    config: `
server: { capture: { bodies: off } }
channels:
  - { name: first, endpoints: { openai-chat: "${upstream.url}/first" } }
  - { name: second, endpoints: { openai-chat: "${upstream.url}/second" }, api_key: [k1, k2], priority: 1 }
`,
  })
const where = async (hub: TestHub, trace: string) => {
  const body = { model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }
  const reply = await hub.post('/v1/chat/completions', body, { 'ah-trace-id': trace })
  return /"content":"([^"]*)"/.exec(await reply.text())?.[1]
}

describe('a conversation', () => {
  it('goes on with its channel and its key after a restart, also when nothing is captured', async () => {
    down = 'first'
    let hub = await start()
    expect(await where(hub, 't1')).toBe('second Bearer k1')
    expect(await where(hub, 't2')).toBe('second Bearer k2')
    await hub.stop()
    down = undefined
    hub = await start()
    expect(await where(hub, 't2')).toBe('second Bearer k2')
    expect(await where(hub, 't1')).toBe('second Bearer k1')
    expect(await where(hub, 't3')).toBe('first ')
    await hub.stop()
  })

  it('that nobody can name again is not remembered', async () => {
    const hub = await start()
    const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }
    for (let count = 0; count < 3; count += 1) await (await hub.post('/v1/chat/completions', body)).text()
    await hub.stop()
    const database = openStore(join(home, 'axonhub.db'))
    const traces = listPlaces(database).map(({ trace }) => trace)
    database.close()
    expect(traces).toEqual(['t1', 't2', 't3'])
  })
})
