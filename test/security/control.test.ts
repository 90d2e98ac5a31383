// The control socket under hands that are not ours: bounded, never answering 500 for the asker's mistake, on no TCP port.
import { statSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestHub, type TestHub } from '../support/hub.js'

let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub({ demo: true })
})
afterAll(() => hub.stop())

function ask(path: string, method = 'GET', body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath: join(hub.home, 'run', 'axonhub.sock'), path, method }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => {
        text += piece
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

describe('the control socket', () => {
  it('is for the owner alone', () => {
    expect(statSync(join(hub.home, 'run', 'axonhub.sock')).mode & 0o777).toBe(0o600)
  })

  it.each(['/status', '/traces', '/events', '/shutdown', '/log'])(
    'answers %s on no TCP port, with a key or without',
    async (path) => {
      expect((await hub.get(path)).status).toBe(404)
      expect((await hub.post(path, {})).status).toBe(404)
      expect((await fetch(`${hub.url}${path}`)).status).toBe(404)
    },
  )

  it('refuses a question of more than 1 MiB with 413 and lives on', async () => {
    const { status, text } = await ask('/explain', 'POST', JSON.stringify({ model: 'm'.repeat(2_000_000) }))
    expect(status).toBe(413)
    expect(text).toContain('1 MiB')
    expect((await ask('/status')).status).toBe(200)
  })

  it.each([
    ['/traces?limit=many'],
    ['/traces?limit=-1'],
    ['/traces?limit=1.5'],
    ['/traces?limit=1e99'],
    ['/traces?before=NaN'],
    ['/traces?agent=evil'],
    ['/usage?by=nothing'],
    ['/usage?since=-5'],
    ['/requests/ar-1/body?which=secrets'],
    ['/requests/ar-1/body?attempt=x'],
    ['/requests/%zz/body'],
    ['/channels/%E0%A4%A/models'],
  ])('calls %s the asker’s mistake, with 400 and words', async (path) => {
    const { status, text } = await ask(path)
    expect(status).toBe(400)
    expect(JSON.parse(text)).toMatchObject({
      error: { code: 'usage', message: expect.stringMatching(/.{12}/) },
    })
  })

  it.each([
    ['/explain', '{"model":7}'],
    ['/explain', 'no JSON'],
    ['/explain', '[]'],
    ['/traces/prune', '{"dryRun":"yes"}'],
    ['/profiles/release', '"x"'],
    ['/quota/refresh', '{"channel":[1]}'],
  ])('calls a wrong body for %s (%s) the same', async (path, body) => {
    expect((await ask(path, 'POST', body)).status).toBe(400)
  })

  it('answers a path that it does not have with 404', async () => {
    expect((await ask('/../../etc/passwd')).status).toBe(404)
    expect((await ask('//')).status).toBe(404)
  })

  it('survives bytes that are no HTTP', async () => {
    const socket = connect(join(hub.home, 'run', 'axonhub.sock'))
    socket.on('error', () => undefined)
    socket.write(Buffer.from([0, 1, 2, 255, 13, 10, 13, 10]))
    await new Promise<void>((resolve) => socket.resume().once('close', () => resolve()))
    expect((await ask('/status')).status).toBe(200)
  })
})
