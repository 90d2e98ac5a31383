// The control socket: whatever is sent to it, the daemon answers the next question, and never by a fault of its own.
import { connect } from 'node:net'
import { join } from 'node:path'
import { isObject } from '../../../src/base/json.js'
import type { TestHub } from '../../support/hub.js'
import type { Target } from '../engine.js'
import { must } from '../laws.js'
import { seedsOf } from '../seeds.js'

const ASKED = [
  'GET /status HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET /traces?limit=3 HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET /traces/at-0123 HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET /requests/ar-1/body?kind=request HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET /usage?by=day HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET /quota HTTP/1.1\r\nhost: x\r\n\r\n',
  'GET /channels/up/models HTTP/1.1\r\nhost: x\r\n\r\n',
  'POST /explain HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{"model":"m"}',
  'POST /reload HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}',
  'POST /profiles/release HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
]

/** What came back within the time; the connection is then let go. */
function exchange(socket: string, input: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let told = ''
    const connection = connect(socket)
    const done = () => {
      connection.destroy()
      resolve(told)
    }
    const timer = setTimeout(done, 40)
    connection.on('data', (piece: Buffer) => {
      told += piece.toString('latin1')
      if (!told.includes('\r\n\r\n')) return
      clearTimeout(timer)
      done()
    })
    connection.on('error', done)
    connection.on('close', () => {
      clearTimeout(timer)
      done()
    })
    connection.end(input)
  })
}

/** Against the socket of a running hub. */
export function controlOf(hub: TestHub): Target {
  const socket = join(hub.home, 'run', 'axonhub.sock')
  return {
    name: 'control',
    shape: 'bytes',
    seeds: () => seedsOf('control', ASKED),
    async check(input) {
      // The one thing that is meant to end it.
      if (/shutdown/i.test(Buffer.from(input).toString('latin1'))) return
      const told = await exchange(socket, input)
      must(!/^HTTP\/1\.1 500/.test(told), `a fault of its own: ${told.slice(-300)}`)
      const status = await hub.control('/status')
      must(isObject(status) && status['pid'] === process.pid, 'the next question is answered')
    },
  }
}
