// The service as systemd itself keeps it: installed by the command, killed, asked to stop in the middle of an answer, removed.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonValue } from '../../src/base/json.js'
import { type RawUpstream, rawUpstream } from '../support/raw-upstream.js'
import { type UserManager, userManager } from '../support/user-manager.js'
import { addressOf, type Bench, makeBench, member, printed } from './bench.js'

let bench: Bench
let manager: UserManager | undefined
let upstream: RawUpstream
let pieces = 0

beforeAll(async () => {
  bench = makeBench('')
  manager = await userManager(bench.home)
  upstream = await rawUpstream(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (pieces = 0; pieces < 10; pieces += 1) {
      response.write(`data: {"id":"c","choices":[{"index":0,"delta":{"content":"${pieces};"}}]}\n\n`)
      await sleep(100)
    }
    response.end(
      'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
    )
  })
  mkdirSync(bench.hub, { mode: 0o700 })
  writeFileSync(
    join(bench.hub, 'config.yml'),
    `server: { port: 0 }\nchannels:\n  - { name: up, endpoints: { openai-chat: "${upstream.url}/v1" } }\nkeys: { default: {} }\n`,
  )
})
afterAll(async () => {
  await bench.close()
  await manager?.close()
  await upstream.close()
})

const run = (...args: string[]) => bench.run(args, { env: manager?.env ?? {} })
const state = (): Promise<JsonValue> => bench.json(['service', 'status'], { env: manager?.env ?? {} })

/** The process that writes the hub's record next. */
async function pidAfter(before: number): Promise<number> {
  const record = join(bench.hub, 'run', 'daemon.json')
  for (let tries = 0; tries < 800; tries += 1) {
    const pid = existsSync(record) ? Number(/"pid":(\d+)/.exec(readFileSync(record, 'utf8'))?.[1]) : before
    if (pid !== before) return pid
    await sleep(25)
  }
  throw new Error('The hub did not come back.')
}

describe('systemd (skipped where no user manager can be started)', () => {
  beforeEach((context) => {
    if (manager === undefined)
      context.skip('No user manager of systemd can be started here: that takes root and systemd.')
  })

  it('has the hub on when "service install" ends, and the command says that the service keeps it', async () => {
    const installed = await run('service', 'install')
    expect(installed).toMatchObject({ code: 0, stdout: expect.stringContaining('it comes back by itself') })
    const status = await bench.json(['status'], { env: manager?.env ?? {} })
    const told = await state()
    expect(told).toMatchObject({
      standing: 'ours',
      enabled: true,
      active: true,
      keepsHub: true,
      restarts: 0,
      pid: member(status, 'pid'),
    })
  })

  it('brings it back when it is killed', async () => {
    const before = Number(printed(await state(), 'pid'))
    process.kill(before, 'SIGKILL')
    const pid = await pidAfter(before)
    expect(await state()).toMatchObject({ active: true, keepsHub: true, restarts: 1, pid })
  })

  it('goes through the service with "axonhub restart", and leaves it off after "axonhub stop"', async () => {
    const before = Number(printed(await state(), 'pid'))
    expect((await run('restart')).code).toBe(0)
    expect(await pidAfter(before)).toBe(Number(printed(await state(), 'pid')))
    expect((await run('stop')).code).toBe(0)
    // Three times as long as it would wait before it starts a hub again.
    await sleep(1000)
    expect(await state()).toMatchObject({ active: false, enabled: true, keepsHub: false })
    expect((await run('service', 'install')).code).toBe(0)
  })

  it('ends it after the answer that runs when it is uninstalled, and nothing of it is left', async () => {
    const key = (await run('token')).stdout.trim()
    const reply = await fetch(`${await addressOf(bench)}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    })
    const uninstalled = run('service', 'uninstall')
    const answer = await reply.text()
    expect(answer).toContain('"9;"')
    expect(answer).toContain('[DONE]')
    expect(await uninstalled).toMatchObject({ code: 0, stderr: '' })
    expect((await run('status')).code).toBe(3)
    const units = join(bench.home, '.config', 'systemd', 'user')
    expect(
      readdirSync(units, { recursive: true }).filter((name) => String(name).includes('axonhub')),
    ).toEqual([])
    expect(existsSync(join(bench.hub, 'run', 'axonhub.sock'))).toBe(false)
    expect(await state()).toMatchObject({ standing: 'absent', active: false, enabled: false })
  })
})
