// The load client, in a process of its own: so many connections, each asks again as soon as it is answered. Every answer is
// checked: a relayed one by its digest, a converted one by its words, a paced one by the number of its stamps.

import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { agentHeaders, answerText, digest, requestBody, SERIAL } from './bodies.mjs'
import { messageReader, sharedNow } from './wire.mjs'

let serial = Math.floor(Math.random() * 1e9) * 1000

/** A request's head and body in one buffer, and where its number stands. */
function prebuilt(task, session) {
  const { body, serialAt, fillerAt } = requestBody(task.request)
  const { protocol } = task.request
  const headers = {
    host: `127.0.0.1:${task.port}`,
    'content-type': 'application/json',
    authorization: `Bearer ${task.key ?? 'none'}`,
    ...agentHeaders(protocol, session),
    'content-length': String(body.length),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = Buffer.from(`POST ${task.path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  return {
    bytes: Buffer.concat([head, body]),
    serialAt: head.length + serialAt,
    fillerAt: head.length + fillerAt,
  }
}

/** The words of an answer in whatever protocol, streamed or whole. */
function textOf(body) {
  const values = body.startsWith('{')
    ? [JSON.parse(body)]
    : body.split('\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6))] : []))
  return values
    .map((value) => {
      if (value.type === 'content_block_delta') return value.delta.text ?? ''
      if (value.type === 'response.output_text.delta') return value.delta
      if (value.type === 'message') return value.content.map((part) => part.text ?? '').join('')
      if (value.object === 'response')
        return value.output
          .flatMap((item) => item.content ?? [])
          .map((part) => part.text)
          .join('')
      const choice = value.choices?.[0]
      return choice?.delta?.content ?? choice?.message?.content ?? ''
    })
    .join('')
}

function isRight(task, status, pieces) {
  if (status !== 200) return false
  const body = Buffer.concat(pieces)
  switch (task.verify.type) {
    case 'digest':
      return digest(body) === task.verify.digest
    case 'text':
      return textOf(body.toString('utf8')) === answerText(task.verify.events)
    default:
      return body.latin1Slice().match(STAMPS)?.length === task.verify.events
  }
}

const STAMPS = /@\d{16}@/g

/** Asks over one connection until there is nothing more to ask. */
function connection(task, result, next, index) {
  return new Promise((resolve) => {
    const { bytes, serialAt, fillerAt } = prebuilt(task, `${task.session}-${index}`)
    const socket = connect({ port: task.port, host: '127.0.0.1', noDelay: true })
    let askedAt = 0
    let status = 0
    let pieces = []
    const paced = task.verify.type === 'stamps'

    const ask = () => {
      if (!next()) {
        socket.destroy()
        resolve()
        return
      }
      serial += 1
      bytes.write(String(serial).padStart(SERIAL.length, '0'), serialAt, 'latin1')
      const { filler = 0 } = task.request
      if (filler > 0) bytes.write(randomBytes(filler).toString('base64').slice(0, filler), fillerAt, 'latin1')
      pieces = []
      askedAt = sharedNow()
      socket.write(bytes)
    }
    const read = messageReader({
      head(head) {
        status = Number(head.slice(9, 12))
      },
      data(piece) {
        if (pieces.length === 0) result.firstByte.push((sharedNow() - askedAt) / 1e6)
        pieces.push(piece)
        if (!paced) return
        const now = sharedNow()
        for (const [stamp] of piece.latin1Slice().matchAll(STAMPS))
          result.delays.push((now - Number(stamp.slice(1, -1))) / 1e6)
      },
      end() {
        result.total.push((sharedNow() - askedAt) / 1e6)
        if (!isRight(task, status, pieces)) {
          result.wrong += 1
          result.sample ??= `${status} ${Buffer.concat(pieces).toString('utf8').slice(0, 300)}`
        }
        ask()
      },
    })
    socket.on('data', read)
    socket.on('error', (error) => {
      result.wrong += 1
      result.sample ??= error.message
      resolve()
    })
    socket.on('close', () => resolve())
    socket.on('connect', ask)
  })
}

function quantile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}

function spread(values) {
  const sorted = values.toSorted((left, right) => left - right)
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), most: sorted.at(-1) ?? 0 }
}

async function run(task) {
  const result = { firstByte: [], total: [], delays: [], wrong: 0, sample: undefined }
  let left = task.requests
  const next = () => left-- > 0
  const startedAt = sharedNow()
  await Promise.all(
    Array.from({ length: task.connections }, (_, index) => connection(task, result, next, index)),
  )
  const wallMs = (sharedNow() - startedAt) / 1e6
  return {
    type: 'done',
    answered: result.total.length,
    wrong: result.wrong,
    sample: result.sample,
    wallMs,
    firstByte: spread(result.firstByte),
    total: spread(result.total),
    delay: spread(result.delays),
  }
}

process.on('message', (task) => void run(task).then((result) => process.send(result)))
process.on('disconnect', () => process.exit(0))
process.send({ type: 'ready' })
