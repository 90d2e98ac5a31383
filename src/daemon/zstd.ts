// Unpacks zstd, on every version of Node. Law: what is made of a body is bounded in memory and in work before a byte of it
// is unpacked; the frame's own words (RFC 8878 §3.1.1) can ask for gigabytes in a dozen bytes.

import { Decompress } from 'fzstd'

/** No client of the hub needs more; at its highest usual level zstd takes 8 MiB. */
const MOST_WINDOW = 8 * 1024 * 1024
/** The unpacker moves its window once for each block; bytes moved for one body. */
const MOST_WORK = 16 * 1024 * 1024 * 1024
const SLICE = 64 * 1024
const FRAME_MAGIC = 0xfd2fb528
const RLE = 1

/** Where the blocks of the frame begin, and its window in bytes. Throws for what is no frame. */
function frameAt(packed: Buffer, at: number): { blocks: number; window: number; checksum: number } {
  if (packed.readUInt32LE(at) !== FRAME_MAGIC) throw new Error('not a zstd frame')
  const flags = packed.readUInt8(at + 4)
  const isSingle = (flags & 0x20) !== 0
  const dictionary = [0, 1, 2, 4][flags & 3] ?? 0
  const sizeFlag = flags >> 6
  const sizeBytes = sizeFlag === 0 ? (isSingle ? 1 : 0) : 1 << sizeFlag
  const sizeAt = at + (isSingle ? 5 : 6) + dictionary
  const checksum = (flags & 4) === 0 ? 0 : 4
  const blocks = sizeAt + sizeBytes
  if (isSingle) {
    const size =
      sizeBytes === 8 ? Number(packed.readBigUInt64LE(sizeAt)) : packed.readUIntLE(sizeAt, sizeBytes)
    return { blocks, window: size + (sizeBytes === 2 ? 256 : 0), checksum }
  }
  const descriptor = packed.readUInt8(at + 5)
  const base = 2 ** (10 + (descriptor >> 3))
  return { blocks, window: base + (base / 8) * (descriptor & 7), checksum }
}

/** Walks frames and blocks without unpacking them. Throws for broken ones and for those that cost too much. */
function refuseCostly(packed: Buffer, limit: number): void {
  let work = 0
  let at = 0
  while (at < packed.length) {
    const { blocks, window, checksum } = frameAt(packed, at)
    // A single-segment frame is as large as its content, and is unpacked whole.
    if (window > Math.max(MOST_WINDOW, limit)) throw new Error('the window is too large')
    let isLast = false
    for (at = blocks; !isLast; ) {
      const head = packed.readUIntLE(at, 3)
      isLast = (head & 1) === 1
      at += 3 + (((head >> 1) & 3) === RLE ? 1 : head >> 3)
      work += window
      if (work > MOST_WORK) throw new Error('the blocks are too many')
    }
    at += checksum
  }
}

/** The plain bytes; the event loop gets its turn between slices. Throws `tooLarge()` over `limit` bytes, Error when broken. */
export async function unpackZstd(packed: Buffer, limit: number, tooLarge: () => Error): Promise<Buffer> {
  refuseCostly(packed, limit)
  const pieces: Uint8Array[] = []
  let size = 0
  const stream = new Decompress((piece) => {
    size += piece.length
    if (size > limit) throw tooLarge()
    pieces.push(piece)
  })
  for (let at = 0; at < packed.length; at += SLICE) {
    stream.push(packed.subarray(at, at + SLICE), at + SLICE >= packed.length)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return Buffer.concat(pieces, size)
}
