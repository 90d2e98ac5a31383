// What doctor says of the machine, by the built program: the clock against the providers', and a newer hub that runs.
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects, parseJson } from '../../src/base/json.js'
import { openStore } from '../../src/store/open.js'
import { openWriter } from '../../src/store/writer.js'
import { attempted, finished, STARTED_AT, started } from '../support/records.js'
import { type Bench, makeBench } from './bench.js'

let bench: Bench
beforeEach(() => {
  bench = makeBench('8090')
})
afterEach(() => bench.close())

async function finding(check: string): Promise<JsonObject | undefined> {
  const told = parseJson((await bench.run(['doctor', '--json'])).stdout)
  return (isObject(told) ? objects(told, 'findings') : []).find((each) => each['check'] === check)
}

/** One answer of a provider whose clock is `ahead` ms ahead of ours. */
function record(url: string, ahead: number): void {
  mkdirSync(bench.hub, { recursive: true, mode: 0o700 })
  const database = openStore(join(bench.hub, 'axonhub.db'))
  const writer = openWriter(database)
  const date = new Date(STARTED_AT + 212 + ahead).toUTCString()
  const messages = [started(), attempted({ url, headers: { date } }), finished()]
  writer.write(messages.map((message) => ({ message, bodiesDropped: 0 })))
  database.close()
}

describe('the clock', () => {
  it('agrees when the newest answer of a provider says so', async () => {
    record('https://api.deepseek.com/v1/chat/completions', 900)
    expect(await finding('clock.skew')).toMatchObject({ level: 'pass', what: 'agrees with api.deepseek.com' })
  })

  it('is found to be behind', async () => {
    record('https://api.deepseek.com/v1/chat/completions', 600_000)
    expect(await finding('clock.skew')).toMatchObject({
      level: 'warning',
      what: 'it is 10 min behind api.deepseek.com',
      fix: expect.stringContaining('timedatectl set-ntp true'),
    })
  })

  it('is not compared with a server of this machine, and nobody is asked', async () => {
    record('http://127.0.0.1:11434/v1/chat/completions', 600_000)
    expect(await finding('clock.skew')).toMatchObject({ level: 'skipped' })
  })
})

describe('the disk and the files', () => {
  it('has room, in figures', async () => {
    record('https://api.deepseek.com/v1', 0)
    expect(await finding('disk.room')).toMatchObject({ what: expect.stringMatching(/^[\d.]+ [KMGT]?B free/) })
    expect(await finding('database.sound')).toMatchObject({
      level: 'pass',
      what: expect.stringContaining('sound'),
    })
  })

  it('a configuration that a command makes is readable by its owner alone', async () => {
    expect((await bench.run(['key', 'create', 'ci'])).code).toBe(0)
    expect(statSync(join(bench.hub, 'config.yml')).mode & 0o777).toBe(0o600)
  })
})
