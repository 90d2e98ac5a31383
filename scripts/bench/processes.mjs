// Child processes and what they cost: CPU of all their threads, memory now and at most, read where Linux keeps it. On other
// systems the figures are missing, and the rest of the bench runs all the same.

import { fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const canPin = cpus().length > 1 && spawnSync('taskset', ['--version']).status === 0

/** Where a proxy that was started with `LOOP_ARGS` writes how late its event loop was, with its pid behind it. */
const LOOP_FILE = join(tmpdir(), `axonhub-bench-loop-${process.pid}`)
export const LOOP_ARGS = ['--import', new URL('loop-delay.mjs', import.meta.url).href]
export const LOOP_ENV = { AXONHUB_BENCH_LOOP: LOOP_FILE }

/** How late the event loop was since the last question, ms; undefined where the process does not tell. */
export async function loopDelay(pid) {
  const file = `${LOOP_FILE}.${pid}`
  process.kill(pid, 'SIGUSR2')
  for (let round = 0; round < 50; round += 1) {
    await sleep(10)
    const text = read(file)
    if (text === '') continue
    rmSync(file)
    return JSON.parse(text)
  }
  return undefined
}

/** The proxies have a core for themselves; upstream and client share the other. */
export const PROXY_CORE = 0
export const LOAD_CORE = 1

function pinned(core, command, args) {
  return canPin ? ['taskset', ['-c', String(core), command, ...args]] : [command, args]
}

export function isPinned() {
  return canPin
}

/** A helper script of this folder that talks over IPC; resolves when it is ready. */
export async function helper(name, core, args = [], execArgv = []) {
  const script = fileURLToPath(new URL(name, import.meta.url))
  const child = fork(script, args.map(String), {
    stdio: 'inherit',
    execArgv,
    env: { ...process.env, ...LOOP_ENV },
  })
  if (canPin) spawnSync('taskset', ['-a', '-cp', String(core), String(child.pid)])
  const [ready] = await once(child, 'message')
  return {
    pid: child.pid,
    port: ready.port,
    async ask(message) {
      const answered = once(child, 'message')
      child.send(message)
      const [answer] = await answered
      return answer
    },
    async stop() {
      if (child.exitCode !== null) return
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Any program, pinned to a core; it never outlives the bench. `options` as for spawn. */
export function started(core, command, args, options) {
  const child = spawn(...pinned(core, command, args), options)
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** ms of CPU that the process and all its threads have used; 0 where that cannot be known. */
export function cpuMs(pid) {
  let sum = 0
  let tasks = []
  try {
    tasks = readdirSync(`/proc/${pid}/task`)
  } catch {
    return 0
  }
  // In ns; `stat` counts in steps of 10 ms, but also what threads used that are gone.
  for (const task of tasks) sum += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0] ?? 0)
  const stat = read(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
  const exact = sum / 1e6
  return Math.abs(exact - ticks * 10) < 200 ? exact : ticks * 10
}

function statusMb(pid, field) {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/status`))
  return found === null ? 0 : Number(found[1]) / 1024
}

/** MB in memory now, and at most since `forgetPeak`. */
export function memoryMb(pid) {
  return { now: statusMb(pid, 'VmRSS'), peak: statusMb(pid, 'VmHWM') }
}

export function forgetPeak(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // Without it the peak is that of the whole life.
  }
}

export function sleep(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** So many looks in a row must find nothing done: the store holds records back for a quarter of a second. */
const STILL = 8

/** Waits until the process has done what it does behind the answers' back (10 s at most). */
export async function quiet(pid) {
  for (let round = 0, still = 0, before = cpuMs(pid); round < 200 && still < STILL; round += 1) {
    await sleep(50)
    const now = cpuMs(pid)
    still = now - before < 1 ? still + 1 : 0
    before = now
  }
}
