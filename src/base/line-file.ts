// The end of a file of lines that grows and is set aside from time to time, read without holding up the event loop.

import { type FileHandle, open } from 'node:fs/promises'

/** Behind the last whole line that was read. */
export type LinePlace = {
  /** Of the file; another one stands at its path when it was set aside. 0: there was none. */
  readonly inode: number
  readonly offset: number
}

export type Lines = { readonly lines: readonly string[]; readonly place: LinePlace }

/** Read at most, bytes: of what is further back or came faster nothing is told. */
const LARGEST = 8 * 1024 * 1024
/** A line of a log is about this long, bytes. */
const USUAL_LINE = 256
const NOTHING: Lines = { lines: [], place: { inode: 0, offset: 0 } }

async function opened<T>(file: string, read: (handle: FileHandle) => Promise<T>, none: T): Promise<T> {
  let handle: FileHandle
  try {
    handle = await open(file, 'r')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return none
    throw thrown
  }
  try {
    return await read(handle)
  } finally {
    await handle.close()
  }
}

async function bytesFrom(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from)
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, from)
  return bytes.subarray(0, bytesRead)
}

/** Whole lines; the last one may still be being written. */
function wholeLines(bytes: Buffer): { readonly lines: string[]; readonly length: number } {
  const length = bytes.lastIndexOf(10) + 1
  const lines = bytes.subarray(0, length).toString('utf8').split('\n')
  return { lines: lines.filter((line) => line !== ''), length }
}

/** The last `count` lines. None when there is no file. */
export function lastLines(file: string, count: number): Promise<Lines> {
  return opened(
    file,
    async (handle) => {
      const { size, ino } = await handle.stat()
      for (let window = Math.max(4096, count * USUAL_LINE); ; window *= 4) {
        const from = Math.max(0, size - Math.min(window, LARGEST))
        const { lines, length } = wholeLines(await bytesFrom(handle, from, size))
        // The first one may be the end of a longer line.
        const whole = from === 0 ? lines : lines.slice(1)
        if (from > 0 && whole.length < count && window < LARGEST) continue
        const place = { inode: ino, offset: from + length }
        return { lines: count === 0 ? [] : whole.slice(-count), place }
      }
    },
    NOTHING,
  )
}

/** What came since; from its beginning when another file stands there now. */
export function linesSince(file: string, { inode, offset }: LinePlace): Promise<Lines> {
  return opened<Lines>(
    file,
    async (handle) => {
      const { size, ino } = await handle.stat()
      const start = ino === inode && offset <= size ? offset : 0
      const from = Math.max(start, size - LARGEST)
      if (from === size) return { lines: [], place: { inode: ino, offset: size } }
      const { lines, length } = wholeLines(await bytesFrom(handle, from, size))
      return { lines: from > start ? lines.slice(1) : lines, place: { inode: ino, offset: from + length } }
    },
    { lines: [], place: { inode, offset } },
  )
}
