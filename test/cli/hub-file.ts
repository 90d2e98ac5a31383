// What the tests know of a running hub from its own files, where starting a program for it would prove nothing more.
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isObject, type JsonObject, parseJson } from '../../src/base/json.js'

/** `run/daemon.json` below the hub's home. */
export function daemonFile(hub: string): JsonObject {
  const record = parseJson(readFileSync(join(hub, 'run', 'daemon.json'), 'utf8'))
  if (isObject(record)) return record
  throw new Error(`The hub of ${hub} has not written where it listens.`)
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Asks the hub over its control socket to end and waits until its process is gone. False: it could not be asked, or stays. */
export async function endHub(hub: string): Promise<boolean> {
  const pid = Number(daemonFile(hub)['pid'])
  const asked = await new Promise<boolean>((resolve) => {
    const socketPath = join(hub, 'run', 'axonhub.sock')
    const asking = request({ socketPath, path: '/shutdown', method: 'POST', agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asking.on('error', () => resolve(false))
    asking.end()
  })
  for (let tries = 0; asked && tries < 1000; tries++) {
    if (!isThere(pid)) return true
    await sleep(20)
  }
  return false
}
