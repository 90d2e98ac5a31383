// Bodies that are too large, that unpack into too much, or that never come. None of them is a whole request.

import { gzipSync } from 'node:zlib'
import { expectStatus, requestText, sendRaw } from './raw.js'
import { type Attack, broken, held, skippedAttack, type Target, type Verdict } from './target.js'

const MiB = 1024 * 1024
const MEMORY = 'One program could fill the memory of the hub, and with it end what all others do.'
const SLOW = 'A few hundred open connections would keep everyone else out.'
/** The hub gives up after 30 s of silence; much longer than that it must not take. */
const SLOW_PATIENCE_MS = 45_000

async function upload(
  target: Target,
  headers: readonly string[],
  pieces: readonly (string | Uint8Array)[],
  statuses: readonly number[],
): Promise<Verdict> {
  const { key } = target
  if (key === undefined) return skippedAttack('no key is known')
  const head = requestText(target, 'POST /v1/messages', [
    `x-api-key: ${key}`,
    'Content-Type: application/json',
    ...headers,
  ])
  return expectStatus(await sendRaw(target, [head, ...pieces], 15_000), statuses)
}

function chunk(bytes: Uint8Array): Uint8Array[] {
  return [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]
}

function packed(encoding: string, body: Uint8Array): Attack['run'] {
  return (target) =>
    upload(target, [`Content-Encoding: ${encoding}`, `Content-Length: ${body.length}`], [body], [400, 413])
}

async function slow(target: Target, text: string): Promise<Verdict> {
  const startedAt = performance.now()
  const answer = await sendRaw(target, text === '' ? [] : [text], SLOW_PATIENCE_MS)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  return answer.closed ? held(`let go after ${seconds} s`) : broken(`still open after ${seconds} s`)
}

export const BODY_ATTACKS: readonly Attack[] = [
  {
    id: 'body.announced',
    what: 'a body of 10 GB is announced',
    means: MEMORY,
    run: (target) => upload(target, [`Content-Length: ${10_000 * MiB}`], ['{'], [413]),
  },
  {
    id: 'body.endless',
    what: 'chunks without end',
    means: MEMORY,
    run(target) {
      const piece = Buffer.alloc(MiB, 0x20)
      const chunks = Array.from({ length: 68 }, () => chunk(piece)).flat()
      return upload(target, ['Transfer-Encoding: chunked'], chunks, [413])
    },
  },
  {
    id: 'body.gzip-bomb',
    what: '100 KB that unpack to 100 MB (gzip)',
    means: MEMORY,
    run: (target) => packed('gzip', gzipSync(Buffer.alloc(100 * MiB, 0x20)))(target),
  },
  {
    id: 'body.zstd-bomb',
    what: 'a few bytes that claim a window of 1 GiB (zstd)',
    means: MEMORY,
    run: packed('zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 0x03, 0xff, 0xff, 0x61])),
  },
  {
    id: 'body.twice-packed',
    what: 'a body that is packed twice',
    means: MEMORY,
    run: packed('gzip, gzip', gzipSync(gzipSync(Buffer.alloc(MiB)))),
  },
  {
    id: 'body.deep',
    what: 'JSON nested a hundred thousand times',
    means: 'Reading it could end the hub.',
    run(target) {
      const body = Buffer.from(`{"model":"m","messages":${'['.repeat(100_000)}`)
      return upload(target, [`Content-Length: ${body.length}`], [body], [400])
    },
  },
  {
    id: 'slow.silent',
    what: 'a connection that says nothing',
    means: SLOW,
    pace: 'waits',
    run: (target) => slow(target, ''),
  },
  {
    id: 'slow.head',
    what: 'a head that stops in the middle (slow loris)',
    means: SLOW,
    pace: 'waits',
    run: (target) => slow(target, 'POST /v1/messages HTTP/1.1\r\nHost: 127.0'),
  },
  {
    id: 'slow.body',
    what: 'a body that stops in the middle',
    means: SLOW,
    pace: 'waits',
    async run(target) {
      const { key } = target
      if (key === undefined) return skippedAttack('no key is known')
      return slow(
        target,
        requestText(target, 'POST /v1/messages', [`x-api-key: ${key}`, 'Content-Length: 1000']).concat('{'),
      )
    },
  },
]
