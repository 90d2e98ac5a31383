// The life of a hub of its own process where things go wrong: killed, started twice, robbed of its files, stopped in the middle
// of many answers, put to sleep, upgraded.
import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeBench, member, printed } from '../cli/bench.js'
import { type Answering, type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'
import { isAlive, killHard, type LivingHub, startAgain, startHubProcess, until } from './lifecycle.js'

// Real processes: on a busy machine they take their time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const ROOT = join(import.meta.dirname, '..', '..')
const well: Answering = (response) => sendJson(response, { model: 'x', choices: [] })
let upstream: RawUpstream
let answer: Answering = well

beforeAll(async () => {
  upstream = await rawUpstream((response, seen, number) => answer(response, seen, number))
})
afterAll(() => upstream.close())

describe('a hub that was killed', () => {
  it('is known to be off, and the next start takes over its socket, record and database', async () => {
    const hub = await startHubProcess(upstream.url)
    const { bench } = hub
    expect((await hub.ask()).status).toBe(200)
    await killHard(hub.pid)
    const status = await bench.run(['status'])
    expect([status.code, status.stderr]).toEqual([3, expect.stringContaining('axonhub serve --detach')])
    expect(existsSync(join(bench.hub, 'run', 'axonhub.sock'))).toBe(true)
    const again = await startAgain(bench)
    expect(again.pid).not.toBe(hub.pid)
    expect((await again.ask()).status).toBe(200)
    await bench.close()
  })

  it('whose process id went to another program starts again, and "stop" leaves that program alone', async () => {
    const other = spawn('sleep', ['60'])
    const bench = makeBench()
    mkdirSync(join(bench.hub, 'run'), { recursive: true, mode: 0o700 })
    const record = { pid: other.pid, host: '127.0.0.1', port: 9, version: '0.1.0', startedAt: '2026-01-01' }
    writeFileSync(join(bench.hub, 'run', 'daemon.json'), JSON.stringify(record))
    writeFileSync(join(bench.hub, 'run', 'start.lock'), String(other.pid))
    expect((await bench.run(['stop'])).code).toBe(3)
    // The lock of a start that is under way is believed for a minute, then no longer.
    utimesSync(join(bench.hub, 'run', 'start.lock'), 1, 1)
    expect((await bench.run(['serve', '--detach', '--demo'])).code).toBe(0)
    expect((await bench.run(['stop'])).code).toBe(0)
    expect(isAlive(other.pid ?? 0)).toBe(true)
    other.kill()
    await bench.close()
  })
})

describe('several starts at once', () => {
  it('make one hub; the others name it or say that a start is under way', async () => {
    const bench = makeBench()
    const runs = await Promise.all(
      Array.from({ length: 4 }, () => bench.run(['serve', '--detach', '--demo', '--port', '0'])),
    )
    expect(runs.filter(({ code }) => code === 0)).toHaveLength(1)
    for (const { code, stderr } of runs)
      expect(code === 0 || /already running|under way/.test(stderr)).toBe(true)
    expect((await bench.run(['status'])).code).toBe(0)
    await bench.close()
  })
})

describe('a running hub', () => {
  let hub: LivingHub
  beforeAll(async () => {
    hub = await startHubProcess(upstream.url)
  })
  afterAll(() => hub.bench.close())

  it('whose socket file is removed lets no second hub start, and can be asked again seconds later', async () => {
    const { bench } = hub
    rmSync(join(bench.hub, 'run', 'axonhub.sock'))
    const second = await bench.run(['serve'])
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining(`pid ${hub.pid}`)])
    await until(async () => (await bench.run(['status'])).code === 0)
    expect(printed(await bench.json(['status']), 'pid')).toBe(String(hub.pid))
    expect(hub.logged('control.reopened')).toHaveLength(1)
  })

  it('whose database is removed goes on answering', async () => {
    for (const name of ['axonhub.db', 'axonhub.db-wal', 'axonhub.db-shm'])
      rmSync(join(hub.bench.hub, name), { force: true })
    const replies = await Promise.all(Array.from({ length: 5 }, () => hub.ask()))
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect((await hub.bench.run(['status'])).code).toBe(0)
  })

  it('that stood still lets go of kept connections, so that the next request is answered at once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => hub.ask()))
    process.kill(hub.pid, 'SIGSTOP')
    await sleep(3500)
    upstream.dropConnections()
    process.kill(hub.pid, 'SIGCONT')
    const replies = await Promise.all(Array.from({ length: 5 }, () => hub.ask()))
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    await until(() => hub.logged('hub.stood-still').length > 0)
    expect(hub.logged('upstream.failed')).toEqual([])
  })

  it('is told apart from a newer program, which "restart" puts in its place', async () => {
    const newer = join(hub.bench.home, 'newer')
    for (const part of ['dist', 'bin', 'templates'])
      cpSync(join(ROOT, part), join(newer, part), { recursive: true })
    writeFileSync(join(newer, 'package.json'), '{"type":"module","version":"9.9.9"}')
    symlinkSync(join(ROOT, 'node_modules'), join(newer, 'node_modules'))
    const run = (args: string) =>
      new Promise<string>((resolve) => {
        const program = join(newer, 'bin', 'axonhub.js')
        const child = spawn(process.execPath, [program, ...args.split(' ')], { env: hub.bench.env })
        let told = ''
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (piece: Buffer) => {
            told += piece.toString()
          })
        child.on('close', () => resolve(told))
      })
    expect(await run('status')).toMatch(/This program is 9\.9\.9: "axonhub restart"/)
    expect(await run('serve --detach')).toMatch(/already running .*version 0\.1\.0/)
    expect(await run('restart')).toContain('The hub runs on')
    expect(printed(await hub.bench.json(['status']), 'version')).toBe('9.9.9')
    expect(await run('stop')).toContain('has stopped')
  })
})

describe('a home that is moved away under the hub', () => {
  it('takes the hub along: it can be asked and stopped at the new place', async () => {
    const hub = await startHubProcess(upstream.url)
    const { bench } = hub
    const moved = `${bench.hub}-2`
    renameSync(bench.hub, moved)
    const there = { env: { AXONHUB_HOME: moved } }
    expect((await hub.ask()).status).toBe(200)
    expect(printed(await bench.json(['status'], there), 'pid')).toBe(String(hub.pid))
    const second = await bench.run(['serve'], there)
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining(`pid ${hub.pid}`)])
    expect((await bench.run(['stop'], there)).code).toBe(0)
    expect(isAlive(hub.pid)).toBe(false)
    await bench.close()
  })
})

describe('SIGTERM', () => {
  it('under 50 streams takes no new request, lets all of them end whole, and ends with 0', async () => {
    let released: () => void = () => undefined
    const release = new Promise<void>((resolve) => {
      released = resolve
    })
    answer = async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"id":"c","model":"x","choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n')
      await release
      response.write(
        'data: {"id":"c","model":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
      )
      response.end('data: [DONE]\n\n')
    }
    const hub = await startHubProcess(upstream.url)
    const replies = await Promise.all(Array.from({ length: 50 }, () => hub.ask(true)))
    const texts = replies.map((reply) => reply.text())
    process.kill(hub.pid, 'SIGTERM')
    await until(() => hub.logged('hub.stopping').length > 0)
    expect(member(hub.logged('hub.stopping')[0], 'running')).toBe(50)
    await expect(hub.ask()).rejects.toThrow('fetch failed')
    released()
    const told = await Promise.all(texts)
    expect(told.filter((text) => text.includes('[DONE]') && text.includes('Hello'))).toHaveLength(50)
    await until(() => !isAlive(hub.pid))
    expect(existsSync(join(hub.bench.hub, 'run', 'daemon.json'))).toBe(false)
    answer = well
    await hub.bench.close()
  })
})
