// Other machines: only where the configuration says so, over TLS, with a key, under a name of the certificate. The machine's own
// agents go on in plain HTTP on loopback.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject, type JsonObject, type JsonValue, objects, parseJson, text } from '../../src/base/json.js'
import { openFront } from '../../src/daemon/front.js'
import { makePlace } from '../cli/here.js'
import { sendRaw } from '../security/raw-client.js'
import { writeCertificate } from '../support/certificate.js'
import { startTestHub, type TestHub } from '../support/hub.js'

/** An address of this machine that others could reach. */
const OTHER = Object.values(networkInterfaces())
  .flatMap((found) => found ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

type Answer = { readonly status: number; readonly text: string }

function ask(url: string, options: object): Promise<Answer> {
  const send = url.startsWith('https:') ? secureRequest : plainRequest
  return new Promise((resolve, reject) => {
    const asked = send(url, { agent: false, ...options }, (answer) => {
      let text = ''
      answer.on('data', (piece: Buffer) => {
        text += piece.toString()
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

const asObject = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ahub-tls-'))
  writeCertificate(folder, ['DNS:hub.lan', `IP:${OTHER ?? '127.0.0.1'}`])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const settings = (host: string) =>
  `server: { host: "${host}", allow_remote: true, tls: { cert: ${folder}/cert.pem, key: ${folder}/key.pem } }\n`

describe.runIf(OTHER !== undefined).each([
  ['one address of the machine', OTHER ?? ''],
  ['all of them', '0.0.0.0'],
])('a hub that lets other machines in at %s', (_name, host) => {
  let hub: TestHub
  let remote: string
  let ca: Buffer
  beforeAll(async () => {
    ca = readFileSync(join(folder, 'cert.pem'))
    hub = await startTestHub({ demo: true, config: settings(host) })
    remote = `${OTHER}:${new URL(hub.url).port}`
  })
  afterAll(() => hub.stop())
  const bearer = () => ({ authorization: `Bearer ${hub.key}` })

  it('answers them over TLS with its certificate and a key', async () => {
    const answer = await ask(`https://${remote}/v1/models`, { ca, headers: bearer() })
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.text).toContain('"object":"list"')
  })

  it('asks for the key there too', async () => {
    expect(await ask(`https://${remote}/v1/models`, { ca })).toMatchObject({ status: 401 })
  })

  it('answers nothing there in clear text', async () => {
    const answer = await ask(`http://${remote}/v1/models`, { headers: bearer() })
    expect(answer).toMatchObject({ status: 400 })
    expect(answer.text).toContain('https://')
  })

  it.each([
    ['a name of the certificate', 'hub.lan:1', 200],
    ['a name of somebody else, as after DNS rebinding', 'evil.example', 403],
  ])('answers as %s with the right status', async (_what, name, status) => {
    const headers = { ...bearer(), host: name }
    const checkServerIdentity = () => undefined
    expect(await ask(`https://${remote}/v1/models`, { ca, headers, checkServerIdentity })).toMatchObject({
      status,
    })
  })

  it('refuses a page of another site there', async () => {
    const headers = { ...bearer(), origin: 'https://evil.example' }
    expect(await ask(`https://${remote}/v1/models`, { ca, headers })).toMatchObject({ status: 403 })
  })

  it('goes on answering its own machine on loopback, in clear text and over TLS, under names of loopback alone', async () => {
    expect(hub.url).toContain('http://127.0.0.1:')
    expect((await hub.get('/v1/models')).status).toBe(200)
    const rejectUnauthorized = false
    const secure = hub.url.replace('http:', 'https:')
    expect(await ask(`${secure}/v1/models`, { rejectUnauthorized, headers: bearer() })).toMatchObject({
      status: 200,
    })
    const headers = { ...bearer(), host: 'hub.lan' }
    expect(await ask(`${hub.url}/v1/models`, { headers })).toMatchObject({ status: 403 })
  })

  it('streams an answer to them as it comes', async () => {
    const body = JSON.stringify({ model: 'demo', stream: true, messages: [{ role: 'user', content: 'hi' }] })
    const text = await new Promise<string>((resolve, reject) => {
      const asked = secureRequest(
        `https://${remote}/v1/chat/completions`,
        { ca, agent: false, method: 'POST', headers: { ...bearer(), 'content-type': 'application/json' } },
        (answer) => {
          let all = ''
          answer.on('data', (piece: Buffer) => {
            all += piece.toString()
          })
          answer.on('end', () => resolve(all))
        },
      )
      asked.on('error', reject)
      asked.end(body)
    })
    expect(text).toContain('data: [DONE]')
  })

  it('tells where they come in', async () => {
    expect(await hub.control('/status')).toMatchObject({
      host: '127.0.0.1',
      remote: `https://${host}:${new URL(hub.url).port}`,
    })
  })

  it('lets go of what is neither TLS nor HTTP, and of a head that never ends', async () => {
    const answer = await sendRaw(hub.url, 'GARBAGE\r\n\r\n')
    expect(answer).toMatchObject({ status: 400, closed: true })
  })
})

describe('the door for other machines', () => {
  const silent = { event: () => undefined }
  async function door(patienceMs: number, at = folder, asked = '127.0.0.1') {
    const web = createServer({ headersTimeout: 150, connectionsCheckingInterval: 50 })
    const place = { host: '127.0.0.1', asked, port: 0, tls: undefined }
    const files = { cert: join(at, 'cert.pem'), key: join(at, 'key.pem') }
    const log = { info: silent.event, warn: silent.event, error: silent.event, close: async () => undefined }
    return openFront(web, { place, files, log, patienceMs, lookEveryMs: 20, mostConnections: 2 })
  }

  it('lets go of a connection that says nothing', async () => {
    const front = await door(100)
    expect(await sendRaw(`http://127.0.0.1:${front.port}`, '')).toMatchObject({ closed: true, text: '' })
    await front.close()
  })

  it('lets go of a connection that begins a handshake and says no more', async () => {
    const front = await door(100)
    expect(await sendRaw(`http://127.0.0.1:${front.port}`, '\u0016')).toMatchObject({
      closed: true,
      text: '',
    })
    await front.close()
  })

  it('closes the connections beyond a bound, and takes new ones when others end', async () => {
    const front = await door(5000)
    const url = `http://127.0.0.1:${front.port}`
    const open = [0, 1].map(() => connect({ port: front.port, host: '127.0.0.1' }))
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
    expect(await sendRaw(url, '')).toMatchObject({ closed: true, text: '' })
    for (const socket of open) socket.destroy()
    await expect.poll(async () => (await sendRaw(url, '', 300)).closed, { timeout: 5000 }).toBe(false)
    await front.close()
  })

  it.runIf(OTHER !== undefined)('lets its own machine in when others have filled their bound', async () => {
    const front = await door(5000, folder, '0.0.0.0')
    const url = (host = '') => `http://${host}:${front.port}`
    const crowd = [0, 1].map(() => connect({ port: front.port, host: OTHER ?? '' }))
    await Promise.all(crowd.map((socket) => new Promise((resolve) => socket.once('connect', resolve))))
    expect(await sendRaw(url(OTHER), '')).toMatchObject({ closed: true, text: '' })
    expect((await sendRaw(url('127.0.0.1'), '', 300)).closed).toBe(false)
    for (const socket of crowd) socket.destroy()
    await front.close()
  })

  it('shows a certificate that was renewed in its place', async () => {
    const own = mkdtempSync(join(tmpdir(), 'ahub-tls-'))
    writeCertificate(own, ['DNS:old.lan'])
    const front = await door(5000, own)
    const names = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connectTls({ port: front.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().subjectaltname ?? '')
          socket.destroy()
        })
        socket.on('error', reject)
      })
    expect(await names()).toBe('DNS:old.lan')
    writeCertificate(own, ['DNS:new.lan'])
    await expect.poll(names, { timeout: 5000 }).toBe('DNS:new.lan')
    await front.close()
    rmSync(own, { recursive: true, force: true })
  })

  it('gives up on a head that never ends, also inside TLS', async () => {
    const front = await door(5000)
    const ended = await new Promise<string>((resolve) => {
      const socket = connectTls({ port: front.port, host: '127.0.0.1', rejectUnauthorized: false })
      let said = ''
      socket.on('data', (piece: Buffer) => {
        said += piece.toString()
      })
      socket.on('close', () => resolve(said))
      socket.write('GET /v1/models HTTP/1.1\r\nHost: ')
    })
    expect(ended).toContain('408')
    await front.close()
  })
})

describe('a hub that is to let other machines in', () => {
  it('does not start with a certificate that cannot be read, and names the file', async () => {
    await expect(
      startTestHub({ config: settings('127.0.0.1').replace('cert.pem', 'gone.pem') }),
    ).rejects.toThrow(/The certificate of server\.tls cannot be read: .*gone\.pem/)
  })

  it('does not start with a key that belongs to another certificate', async () => {
    const other = mkdtempSync(join(tmpdir(), 'ahub-tls-'))
    writeCertificate(other, ['DNS:else'])
    await expect(
      startTestHub({ config: settings('127.0.0.1').replace(`${folder}/key`, `${other}/key`) }),
    ).rejects.toThrow(/server\.tls cannot be used/)
    rmSync(other, { recursive: true, force: true })
  })

  it('is nowhere else without being asked', async () => {
    const hub = await startTestHub({ demo: true })
    const reached = await new Promise<boolean>((resolve) => {
      const socket = connect({
        host: OTHER ?? '192.0.2.1',
        port: Number(new URL(hub.url).port),
        timeout: 500,
      })
      const settle = (answer: boolean) => {
        socket.destroy()
        resolve(answer)
      }
      socket.once('connect', () => settle(true))
      socket.once('timeout', () => settle(false))
      socket.once('error', () => settle(false))
    })
    await hub.stop()
    expect(reached).toBe(false)
  })
})

describe('doctor', () => {
  it('finds a certificate that is not there, and a key that others may read, and mends its mode', async () => {
    const place = makePlace()
    const home = join(place.home, 'hub')
    const config = join(home, 'config.yml')
    const findings = async (...flags: string[]) => {
      const { stdout } = await place.run(['doctor', '--json', ...flags])
      return objects(asObject(parseJson(stdout)), 'findings')
        .filter((each) => text(each, 'check')?.startsWith('remote.') === true)
        .map((each) => `${text(each, 'check')}: ${text(each, 'level')}`)
    }
    mkdirSync(home, { recursive: true, mode: 0o700 })
    writeFileSync(config, settings('127.0.0.1').replace('cert.pem', 'gone.pem'), { mode: 0o600 })
    expect(await findings()).toEqual(['remote.certificate: problem'])
    writeFileSync(config, settings('192.0.2.9'), { mode: 0o600 })
    chmodSync(join(folder, 'key.pem'), 0o644)
    expect(await findings()).toEqual(['remote.open: note', 'remote.certificate: pass', 'remote.key: problem'])
    writeCertificate(folder, ['DNS:hub.lan'], true)
    chmodSync(join(folder, 'key.pem'), 0o644)
    expect(await findings()).toContain('remote.authority: warning')
    await findings('--fix')
    expect(statSync(join(folder, 'key.pem')).mode & 0o777).toBe(0o600)
    place.close()
  })
})
