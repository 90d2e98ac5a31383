// What the tests of a hub's life share: a hub of its own process with a provider behind it, and its end by force.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type JsonValue, parseJson } from '../../src/base/json.js'
import { addressOf, type Bench, keyOf, makeBench, printed } from '../cli/bench.js'
import { daemonFile } from '../cli/hub-file.js'

export type LivingHub = {
  readonly bench: Bench
  readonly pid: number
  readonly url: string
  readonly key: string
  ask(stream?: boolean): Promise<Response>
  /** The lines of its log with this event. */
  logged(event: string): JsonValue[]
}

/** Starts the built hub in the background; all models are asked of `upstream`, in the chat protocol. */
export async function startHubProcess(upstream: string, bench: Bench = makeBench()): Promise<LivingHub> {
  await bench.run(['token'])
  writeFileSync(
    join(bench.hub, 'config.yml'),
    `channels:\n  - { name: up, endpoints: { openai-chat: "${upstream}/v1" } }\nkeys: { default: {} }\n`,
  )
  return startAgain(bench)
}

/** Starts a hub on the home as it is. */
export async function startAgain(bench: Bench): Promise<LivingHub> {
  const started = await bench.run(['serve', '--detach'])
  if (started.code !== 0) throw new Error(started.stderr)
  const url = await addressOf(bench)
  const key = await keyOf(bench)
  return {
    bench,
    url,
    key,
    pid: Number(printed(daemonFile(bench.hub), 'pid')),
    ask: (stream = false) =>
      fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: 'hello' }] }),
      }),
    logged: (event) =>
      readFileSync(join(bench.hub, 'log', 'axonhub.log'), 'utf8')
        .split('\n')
        .filter((line) => line.includes(`"event":"${event}"`))
        .map((line) => parseJson(line) ?? null),
  }
}

export async function until(what: () => Promise<boolean> | boolean, ms = 8000): Promise<void> {
  const end = performance.now() + ms
  while (performance.now() < end) {
    if (await what()) return
    await sleep(40)
  }
  throw new Error('it did not happen in time')
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Ends the process without a word and waits until it is gone. */
export async function killHard(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid))
}
