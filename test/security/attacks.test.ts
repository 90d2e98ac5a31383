// `doctor --security` on a real hub: each attack is held. And each of them can tell a careless server from a good one.
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject, objects, parseJson, text } from '../../src/base/json.js'
import { ATTACKS } from '../../src/cli/doctor/security/list.js'
import { otherAddresses, REMOTE_ATTACKS } from '../../src/cli/doctor/security/remote.js'
import type { Target } from '../../src/cli/doctor/security/target.js'
import { makePlace, type Place } from '../cli/here.js'
import { writeCertificate } from '../support/certificate.js'
import { startTestHub, type TestHub } from '../support/hub.js'

const QUICK = ATTACKS.filter(({ pace }) => pace === undefined)

let hub: TestHub
let place: Place
beforeAll(async () => {
  hub = await startTestHub({ demo: true })
  place = makePlace()
})
afterAll(async () => {
  await hub.stop()
  place.close()
})

async function attackIt(): Promise<{ code: number; results: Map<string, string> }> {
  const { code, stdout } = await place.run(['doctor', '--security', '--quick', '--json'], {
    env: { AXONHUB_HOME: hub.home },
  })
  const told = parseJson(stdout)
  const attacks = isObject(told) ? objects(told, 'attacks') : []
  const pairs = attacks.map((each): [string, string] => [text(each, 'id') ?? '', text(each, 'result') ?? ''])
  return { code, results: new Map(pairs) }
}

describe('the running hub', () => {
  let outcome: Awaited<ReturnType<typeof attackIt>>
  beforeAll(async () => {
    outcome = await attackIt()
  })

  it.each(QUICK)('holds against: $what', ({ id }) => {
    expect(outcome.results.get(id)).toMatch(/held|skipped/)
  })

  it('is the same hub afterwards, and the exit code says that all is well', () => {
    expect(outcome.results.get('life')).toBe('held')
    expect(outcome.code).toBe(0)
  })

  it('was asked nothing that a provider could be paid for', async () => {
    const traces = await hub.control('/traces')
    const asked = Array.isArray(traces)
      ? traces.map((trace) => (isObject(trace) ? trace['models'] : trace))
      : traces
    expect(asked).toEqual(Array.isArray(traces) ? traces.map(() => []) : [])
  })
})

describe('the attacks on files', () => {
  it('see a database that others may read', async () => {
    const file = join(hub.home, 'axonhub.db')
    chmodSync(file, 0o644)
    const { code, results } = await attackIt()
    chmodSync(file, 0o600)
    expect([code, results.get('files.modes')]).toEqual([1, 'broken'])
  })

  it('see a control socket that others may open', async () => {
    const file = join(hub.home, 'run', 'axonhub.sock')
    chmodSync(file, 0o666)
    const { results } = await attackIt()
    chmodSync(file, 0o600)
    expect(results.get('files.socket')).toBe('broken')
  })

  it('see a key in the log', async () => {
    const file = join(hub.home, 'log', 'axonhub.log')
    expect(readFileSync(file, 'utf8')).not.toContain(hub.key)
    appendFileSync(file, `${hub.key}\n`)
    expect((await attackIt()).results.get('files.log')).toBe('broken')
  })
})

describe('a careless server', () => {
  let server: Server
  let port = 0
  beforeAll(async () => {
    server = createServer(
      { insecureHTTPParser: true, maxHeaderSize: 1_000_000, requireHostHeader: false },
      (incoming, outgoing) => {
        outgoing.setHeader('access-control-allow-origin', '*')
        incoming.resume().on('error', () => undefined)
        outgoing.end('"pid"')
      },
    )
    server.on('upgrade', (_incoming, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
    server.on('connect', (_incoming, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
    server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
    const address = server.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it.each(
    QUICK.filter(({ id }) => !id.startsWith('files.') && !['reach.network', 'remote.old-tls'].includes(id)),
  )('is caught by: $what', async (attack) => {
    const hub = { host: '127.0.0.1', port, remote: `https://127.0.0.1:${port}` }
    const target = { hub, key: `ah-${'1'.repeat(48)}`, secrets: [] }
    expect((await attack.run(asTarget(target))).result).toBe('broken')
  })
})

describe('a hub that lets other machines in', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ahub-tls-'))
    writeCertificate(folder, ['DNS:hub.lan', 'IP:127.0.0.1'])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const remoteOf = (port: number) => ({
    host: '127.0.0.1',
    port,
    remote: `https://${otherAddresses()[0]}:${port}`,
  })

  it.runIf(otherAddresses().length > 0)('holds against what they could try', async () => {
    const tls = `tls: { cert: ${folder}/cert.pem, key: ${folder}/key.pem }`
    const open = await startTestHub({
      demo: true,
      config: `server: { host: 0.0.0.0, allow_remote: true, ${tls} }`,
    })
    const target = asTarget({ hub: remoteOf(Number(new URL(open.url).port)), key: open.key, secrets: [] })
    const verdicts = await Promise.all(REMOTE_ATTACKS.map((attack) => attack.run(target)))
    await open.stop()
    expect(verdicts.map(({ result }) => result)).toEqual(REMOTE_ATTACKS.map(() => 'held'))
  })

  it('is told from one that still speaks TLS 1.1', async () => {
    const pem = (name: string) => readFileSync(join(folder, `${name}.pem`))
    const old = createTlsServer({
      cert: pem('cert'),
      key: pem('key'),
      minVersion: 'TLSv1',
      ciphers: 'ALL@SECLEVEL=0',
    })
    old.on('secureConnection', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve))
    const address = old.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const hub = { host: '127.0.0.1', port, remote: `https://127.0.0.1:${port}` }
    const attack = REMOTE_ATTACKS.find(({ id }) => id === 'remote.old-tls')
    expect(await attack?.run(asTarget({ hub, key: 'ah-1', secrets: [] }))).toMatchObject({ result: 'broken' })
    old.close()
  })
})

/** The attacks over the network look at the address and the key alone. */
function asTarget(part: {
  hub: { host: string; port: number; remote: string }
  key: string
  secrets: string[]
}): Target {
  const unread = new Proxy(
    {},
    {
      get: () => {
        throw new Error('not read over the network')
      },
    },
  )
  return Object.assign(Object.create(null), { subject: unread }, part)
}
