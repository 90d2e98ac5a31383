// Who is watched while a request comes in is let go of however it ends: what stayed would be held as long as the hub runs.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { packageFile } from '../../src/base/package-file.js'
import { guardUploads } from '../../src/daemon/upload-guard.js'

const run = promisify(execFile)

const READ = 'POST /v1/messages'
const REFUSED = 'POST /v1/chat/completions'
const CLOSED = 'POST /v1/embeddings'
const NEVER = 'POST /v1/responses'
const SILENCE = [[], [], [], [], [], []]

/** What is written, some time apart: a head with the length of its body, and what comes of the body. */
const ENDINGS = {
  'whole, on a kept connection': [[READ, 3, 'abc'], [READ, 3, 'abc'], []],
  'refused, and the rest of the body comes later': [[REFUSED, 6, 'abc'], ['abc'], []],
  'refused, and the body falls silent': [[REFUSED, 6, 'abc'], ...SILENCE],
  'refused, and the connection is closed within the body': [[REFUSED, 6, 'abc']],
  'refused with the end of the connection': [[CLOSED, 6, 'abc'], ...SILENCE],
  'given up within the body': [[READ, 6, 'abc']],
  'silent within the body': [[READ, 6, 'abc'], ...SILENCE],
  'asked behind another whose connection dies': [
    [NEVER, 0, ''],
    [READ, 0, ''],
  ],
}

/** Prints for each ending how many requests there were, and how many answers are still held when all is over. */
const PROGRAM = `
  import { createServer } from 'node:http'
  import { connect } from 'node:net'
  import { setTimeout as sleep } from 'node:timers/promises'
  const { createHubServer } = await import(process.argv[1])
  const held = {}
  let ending = ''
  const handle = async ({ path, incoming, outgoing }) => {
    held[ending].push(new WeakRef(outgoing))
    if (path === '/v1/responses') await new Promise((resolve) => outgoing.on('close', resolve))
    if (path === '/v1/messages') for await (const _ of incoming);
    else incoming.resume()
    outgoing.writeHead(200, path === '/v1/embeddings' ? { connection: 'close' } : {}).end('done')
  }
  const limits = { headMs: 400, bodySilenceMs: 100, requestMs: 2000 }
  const deps = { newRequestId: () => 'id', requestHeader: () => 'id', now: () => 0 }
  const encodeError = () => ({ status: 400, headers: {}, body: {} })
  const server = createHubServer({ ...deps, handle, codecOf: () => ({ server: { encodeError } }) }, limits)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  for (const [name, steps] of Object.entries(JSON.parse(process.argv[2]))) {
    ending = name
    held[name] = []
    const socket = connect(server.address().port, '127.0.0.1').on('error', () => {}).resume()
    for (const [first = '', length, body = ''] of steps) {
      const head = first + ' HTTP/1.1\\r\\nhost: 127.0.0.1\\r\\ncontent-length: ' + length + '\\r\\n\\r\\n'
      if (socket.writable && first !== '') socket.write(length === undefined ? first : head + body)
      await sleep(30)
    }
    socket.destroy()
    await sleep(30)
  }
  await sleep(200)
  for (let time = 0; time < 2; time += 1) {
    gc()
    await sleep(20)
  }
  const counts = Object.entries(held).map(([name, refs]) => [name, [refs.length, refs.filter((ref) => ref.deref()).length]])
  console.log(JSON.stringify(Object.fromEntries(counts)))
  process.exit()`

it('holds nothing of a request that is over, however it ended', async () => {
  const server = packageFile('build/daemon/server.js').href
  const flags = ['--expose-gc', '--input-type=module']
  const { stdout } = await run(process.execPath, [...flags, '-e', PROGRAM, server, JSON.stringify(ENDINGS)])
  expect(JSON.parse(stdout)).toEqual(
    Object.fromEntries(
      Object.entries(ENDINGS).map(([name, steps]) => [
        name,
        [steps.filter(([, length]) => length !== undefined).length, 0],
      ]),
    ),
  )
})

describe('a body that stops being HTTP', () => {
  /** What the connection brings until it ends, for a request that is refused by `answer` before its body is there. */
  async function readOf(answer: 'whole' | 'begun'): Promise<string> {
    const server = createServer((incoming, outgoing) => {
      guard.watch(incoming, outgoing)
      incoming.on('error', () => undefined).resume()
      outgoing.writeHead(200, { 'content-length': '4' })
      if (answer === 'whole') outgoing.end('done')
      else outgoing.write('do')
    })
    const guard = guardUploads(server, 10_000)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
    let text = ''
    socket.on('error', () => undefined)
    socket.setEncoding('utf8').on('data', (piece: string) => {
      // Once the answer is there, or what there will be of it.
      if (text === '') socket.write('no length\r\n')
      text += piece
    })
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n')
    await once(socket, 'close')
    await new Promise((resolve) => server.close(resolve))
    return text
  }

  it('is told so behind an answer that is out', async () => {
    expect(await readOf('whole')).toMatch(
      /^HTTP\/1\.1 200 OK[\s\S]*doneHTTP\/1\.1 400 Bad Request[\s\S]*not valid HTTP/,
    )
  })

  it('ends the connection, and lands not inside an answer that is on its way', async () => {
    const text = await readOf('begun')
    expect(text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\ndo$/)
  })
})
