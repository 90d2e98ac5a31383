// A hub in a process of its own, as the benches of the store use it.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../bin/axonhub.js', import.meta.url))

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

export function medianOf(values) {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Sends and reads an answer to its end. */
export function exchange(options, body) {
  return new Promise((resolve, reject) => {
    const asked = request(options, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece) => {
        text += piece
      })
      answer.on('end', () => resolve({ status: answer.statusCode, text }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** A hub in this home; `config`: YAML beside the key that it is given. */
export function hubAt(home, { demo = false, config = '' } = {}) {
  const env = { ...process.env, AXONHUB_HOME: home, HOME: home, NO_COLOR: '1' }
  const keepAlive = new Agent({ keepAlive: true })
  let child
  let port
  let key
  writeFileSync(join(home, 'config.yml'), config, { mode: 0o600 })
  return {
    bin,
    env,
    async start() {
      execFileSync(process.execPath, [bin, 'key', 'create', 'bench'], { env })
      port = await freePort()
      child = spawn(process.execPath, [bin, 'serve', '--port', String(port), ...(demo ? ['--demo'] : [])], {
        env,
        stdio: 'ignore',
      })
      for (let tries = 0; tries < 400; tries += 1) {
        const there = await exchange({ port, host: '127.0.0.1', path: '/health' }).catch(() => undefined)
        if (there?.status === 200) break
        await sleep(25)
      }
      key = execFileSync(process.execPath, [bin, 'token', 'bench'], { env }).toString().trim()
    },
    async stop() {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
      keepAlive.destroy()
    },
    /** A chat request, answered to its end. */
    async ask(body) {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const told = typeof body === 'string' ? body : JSON.stringify({ model: 'bench', stream: true, ...body })
      const options = {
        port,
        host: '127.0.0.1',
        path: '/v1/chat/completions',
        method: 'POST',
        headers,
        agent: keepAlive,
      }
      const answer = await exchange(options, told)
      if (answer.status !== 200)
        throw new Error(`The hub answered ${answer.status}: ${answer.text.slice(0, 200)}`)
      return answer.text
    },
    async control(path) {
      const answer = await exchange({ socketPath: join(home, 'run', 'axonhub.sock'), path })
      return JSON.parse(answer.text)
    },
  }
}
