// A hub that lets other machines in (server.allow_remote): what one of them could try at the address that it comes in by.

import { networkInterfaces } from 'node:os'
import { type ConnectionOptions, connect } from 'node:tls'
import { requestText, sendRaw } from './raw.js'
import { type Attack, broken, held, skippedAttack, type Target, type Verdict } from './target.js'

/** The addresses by which others would come. */
export function otherAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
    .map(({ address }) => address)
}

function wayIn({ hub }: Target): string | undefined {
  if (hub.remote === null) return undefined
  const host = new URL(hub.remote).hostname.replace(/^\[|\]$/g, '')
  return /^[0:.]+$/.test(host) ? otherAddresses()[0] : host
}

const PATIENCE_MS = 3000

/** The status of the answer over TLS; 0: none, or no handshake. The certificate may be self-made. */
function statusOverTls(
  target: Target,
  host: string,
  text: string,
  options: ConnectionOptions = {},
): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: target.hub.port, rejectUnauthorized: false, ...options })
    let said = ''
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    socket.on('error', () => undefined)
    socket.on('data', (piece: Buffer) => {
      if (said.length < 65_536) said += piece.toString('latin1')
    })
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(said)?.[1] ?? 0)))
    socket.write(text)
  })
}

const keyLines = ({ key }: Target) => (key === undefined ? [] : [`Authorization: Bearer ${key}`])

async function over(target: Target, attempt: (host: string) => Promise<Verdict>): Promise<Verdict> {
  const host = wayIn(target)
  return host === undefined ? skippedAttack('no other machine is let in') : attempt(host)
}

export const REMOTE_ATTACKS: readonly Attack[] = [
  {
    id: 'remote.plain',
    what: 'another machine asks in clear text',
    means: 'Keys and conversations could be read on the way.',
    run: (target) =>
      over(target, async (host) => {
        const text = requestText(target, 'GET /v1/models', keyLines(target))
        const { status } = await sendRaw({ hub: { ...target.hub, host } }, [text])
        return status === 400 || status === 0 ? held(`${status}`) : broken(`${status}`)
      }),
  },
  {
    id: 'remote.key',
    what: 'another machine asks without a key',
    means: 'Whoever reaches the address could use your providers.',
    run: (target) =>
      over(target, async (host) => {
        const status = await statusOverTls(target, host, requestText(target, 'GET /v1/models'))
        return status === 401 ? held('401') : broken(`${status}`)
      }),
  },
  {
    id: 'remote.name',
    what: 'another machine asks by a name that is not of the certificate',
    means: 'A web page could reach the hub by its own name.',
    run: (target) =>
      over(target, async (host) => {
        const lines = ['Host: evil.example', ...keyLines(target)]
        const status = await statusOverTls(target, host, requestText(target, 'GET /v1/models', lines))
        return status === 403 ? held('403') : broken(`${status}`)
      }),
  },
  {
    id: 'remote.old-tls',
    what: 'another machine offers TLS 1.1 only',
    means: 'What is sent could be read by who breaks the old version.',
    run: (target) =>
      over(target, async (host) => {
        const old: ConnectionOptions = {
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1.1',
          ciphers: 'ALL@SECLEVEL=0',
        }
        const status = await statusOverTls(target, host, requestText(target, 'GET /v1/models'), old)
        return status === 0 ? held('no handshake') : broken(`${status}`)
      }),
  },
]
