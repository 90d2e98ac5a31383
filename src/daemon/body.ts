// Reads an agent's request body: bounded, unpacked where it came compressed, never parsed here.

import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable, type Transform } from 'node:stream'
import zlib from 'node:zlib'
import { HubError } from '../base/errors.js'
import { asBuffer } from '../protocol/sse/frame.js'
import { unpackZstd } from './zstd.js'

/** 64 MiB, after unpacking too. */
export const BODY_LIMIT = 64 * 1024 * 1024

function unpacker(encoding: string): Transform {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip()
    case 'br':
      return zlib.createBrotliDecompress()
    case 'deflate':
      return zlib.createInflate()
    default:
      throw new HubError('unsupported', `The content-encoding "${encoding}" is not known.`, {
        hint: 'Use gzip, br, deflate, zstd, or none.',
      })
  }
}

function tooLarge(): HubError {
  return new HubError('too-large', `The request is larger than ${BODY_LIMIT / 1024 / 1024} MiB.`, {
    hint: 'Start a new conversation, or attach less.',
  })
}

/** By events: an iterator over a stream costs a small request more than all its routing. `on`, because `once` wraps each listener. */
function collect(source: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = []
    let size = 0
    let state: 'open' | 'over' = 'open'
    source.on('data', (piece: Uint8Array) => {
      if (state === 'over') return
      size += piece.length
      pieces.push(piece)
      if (size <= BODY_LIMIT) return
      state = 'over'
      pieces.length = 0
      reject(tooLarge())
    })
    source.on('end', () => {
      state = 'over'
      const [first] = pieces
      resolve(pieces.length === 1 && first !== undefined ? asBuffer(first) : Buffer.concat(pieces, size))
    })
    source.on('error', reject)
    source.on('close', () => {
      if (state === 'open') reject(new Error('The stream was closed before its end.'))
    })
  })
}

/** Throws HubError `too-large`, `unsupported` (encoding), `invalid-request` (broken compression) or `canceled`. */
export function readBody(incoming: IncomingMessage): Promise<Buffer> {
  if (Number(incoming.headers['content-length'] ?? 0) > BODY_LIMIT) throw tooLarge()
  const encoding = (incoming.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const isPlain = encoding === 'identity' || encoding === ''
  return (isPlain ? collect(incoming) : unpacked(incoming, encoding)).catch((thrown: unknown) => {
    if (thrown instanceof HubError) throw thrown
    if (incoming.destroyed && !incoming.complete)
      throw new HubError('canceled', 'The agent hung up.', { cause: thrown })
    throw new HubError('invalid-request', `The body could not be unpacked as ${encoding}.`, { cause: thrown })
  })
}

async function unpacked(incoming: IncomingMessage, encoding: string): Promise<Buffer> {
  // Node has zstd of its own only from 22.15 on; ours works on every version.
  if (encoding === 'zstd') return unpackZstd(await collect(incoming), BODY_LIMIT, tooLarge)
  const plain = unpacker(encoding)
  pipeline(incoming, plain, () => undefined)
  return collect(plain).finally(() => plain.destroy())
}
