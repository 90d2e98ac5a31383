// HTTP/1.1 over bare sockets, so that the mock upstream and the load client cost as little as they can. Law: it reads what
// Node, undici and the hub write (content-length or chunks), and nothing beyond that.

const HEAD_END = Buffer.from('\r\n\r\n')
const EMPTY = Buffer.alloc(0)

function lengthIn(head) {
  const found = /\r\ncontent-length: *(\d+)/i.exec(head)
  return found === null ? undefined : Number(found[1])
}

/**
 * Reads one message after the other from a socket's bytes. `on.head(text)`, `on.data(bytes)` for each piece of a body,
 * `on.end()`. `body` says what a message without a length has: 'none' (requests) or 'chunks' (answers).
 */
export function messageReader(on) {
  let held = EMPTY
  let state = 'head'
  let left = 0

  const take = (bytes) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes])
    while (step());
  }

  function step() {
    if (state === 'head') return readHead()
    if (state === 'length') return readLength()
    return readChunk()
  }

  function readHead() {
    const end = held.indexOf(HEAD_END)
    if (end < 0) return false
    const head = held.latin1Slice(0, end)
    held = held.subarray(end + 4)
    const length = lengthIn(head)
    on.head(head)
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) state = 'chunk'
    else if (length === undefined || length === 0) on.end()
    else {
      state = 'length'
      left = length
    }
    return held.length > 0
  }

  function readLength() {
    const piece = held.subarray(0, left)
    held = held.subarray(piece.length)
    left -= piece.length
    if (piece.length > 0) on.data(piece)
    if (left > 0) return false
    state = 'head'
    on.end()
    return held.length > 0
  }

  function readChunk() {
    const line = held.indexOf('\r\n')
    if (line < 0) return false
    const size = Number.parseInt(held.latin1Slice(0, line), 16)
    if (held.length < line + 2 + size + 2) return false
    const piece = held.subarray(line + 2, line + 2 + size)
    held = held.subarray(line + 2 + size + 2)
    if (size > 0) on.data(piece)
    else {
      state = 'head'
      on.end()
    }
    return held.length > 0
  }

  return take
}

/** One piece of a chunked body. */
export function chunk(text) {
  const bytes = Buffer.from(text, 'utf8')
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

export const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/** ns of the clock that all processes of this machine share. */
export function sharedNow() {
  return Number(process.hrtime.bigint())
}
