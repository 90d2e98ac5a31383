// Compression of one chunk. Brotli: its built-in words help short texts, and every supported Node can read it
// (zstd came with Node 22, and a file must open on all).
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'
import { HubError } from '../base/errors.js'

const RAW = 0
const BROTLI = 1
/** Below this less is won than the page it stands in leaves free, and it takes as long as to write a row. */
const LEAST_BYTES = 256
/** Above this speed goes before size: such chunks are mostly pictures in base64. */
const LARGE_BYTES = 512 * 1024

export type Compressed = { readonly coding: number; readonly data: Uint8Array }

export function compress(bytes: Uint8Array): Compressed {
  if (bytes.length < LEAST_BYTES) return { coding: RAW, data: bytes }
  const window = Math.min(22, Math.max(10, Math.ceil(Math.log2(bytes.length + 16))))
  const data = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: bytes.length > LARGE_BYTES ? 1 : 5,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      [constants.BROTLI_PARAM_LGWIN]: window,
    },
  })
  return data.length < bytes.length ? { coding: BROTLI, data } : { coding: RAW, data: bytes }
}

/** The bytes again. Throws `internal` for a coding that this version does not know. */
export function decompress(stored: Compressed): Uint8Array {
  if (stored.coding === RAW) return stored.data
  if (stored.coding === BROTLI) return brotliDecompressSync(stored.data)
  throw new HubError('internal', `A stored body has the unknown coding ${stored.coding}.`)
}
