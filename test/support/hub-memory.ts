// What a hub in a process of its own holds, by kind: the system's figures of the whole process, and each thread's own word
// (memory-probe.mjs), in MB.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, number, parseJson } from '../../src/base/json.js'

/** MB of resident memory, and what it is made of. */
export type Memory = {
  readonly resident: number
  /** The program itself and its libraries, as far as they were touched. */
  readonly code: number
  /** V8's heap of the main thread, as it was taken from the system; `mainUsed`: what stands in it, rubbish included. */
  readonly mainHeap: number
  readonly mainUsed: number
  /** V8's heaps of the other threads. */
  readonly otherHeaps: number
  /** Bytes outside of V8 that its threads hold: bodies, chunks, what waits for the store. */
  readonly buffers: number
  /** The rest: SQLite, sockets, and what malloc keeps of what was given back. */
  readonly rest: number
}

const MB = 1024 * 1024

/** The environment of a hub that tells what its threads hold, in files of this folder. */
export function probing(folder: string): Record<string, string> {
  const probe = new URL('memory-probe.mjs', import.meta.url).href
  return { NODE_OPTIONS: `--import=${probe}`, AXONHUB_MEMORY_PROBE: folder }
}

type Told = { readonly main: boolean; readonly heap: number; readonly used: number; readonly buffers: number }

function told(folder: string, pid: number): Told[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${pid}.`) && name.endsWith('.json'))
    .flatMap((name) => {
      const value = parseJson(readFileSync(join(folder, name), 'utf8'))
      if (!isObject(value)) return []
      const of = (key: string) => number(value, key) ?? 0
      return [
        {
          main: name === `${pid}.0.json`,
          heap: of('heapTotal'),
          used: of('heapUsed'),
          buffers: of('arrayBuffers'),
        },
      ]
    })
}

/** Only on Linux. */
export function memoryOf(pid: number, folder: string): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kb = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? '0')
  const threads = told(folder, pid)
  const sum = (of: readonly Told[], pick: (each: Told) => number) =>
    of.reduce((total, each) => total + pick(each), 0) / MB
  const main = threads.filter(({ main: isMain }) => isMain)
  const others = threads.filter(({ main: isMain }) => !isMain)
  const resident = kb('VmRSS') / 1024
  const code = kb('RssFile') / 1024
  const mainHeap = sum(main, ({ heap }) => heap)
  const otherHeaps = sum(others, ({ heap }) => heap)
  const buffers = sum(threads, (each) => each.buffers)
  const rest = Math.max(0, resident - code - mainHeap - otherHeaps - buffers)
  return { resident, code, mainHeap, mainUsed: sum(main, ({ used }) => used), otherHeaps, buffers, rest }
}

/** Whole MB. */
export function rounded(memory: Memory): Memory {
  const { resident, code, mainHeap, mainUsed, otherHeaps, buffers, rest } = memory
  return {
    resident: Math.round(resident),
    code: Math.round(code),
    mainHeap: Math.round(mainHeap),
    mainUsed: Math.round(mainUsed),
    otherHeaps: Math.round(otherHeaps),
    buffers: Math.round(buffers),
    rest: Math.round(rest),
  }
}

/** The means of the quarters of the time, MB: how each kind went. */
export function quarters(samples: readonly Memory[]): Record<keyof Memory, number[]> {
  const mean = (part: readonly Memory[], kind: keyof Memory) =>
    Math.round(part.reduce((sum, memory) => sum + memory[kind], 0) / Math.max(1, part.length))
  const parts = [0, 1, 2, 3].map((quarter) =>
    samples.slice(
      Math.floor((samples.length * quarter) / 4),
      Math.floor((samples.length * (quarter + 1)) / 4),
    ),
  )
  const of = (kind: keyof Memory) => parts.map((part) => mean(part, kind))
  return {
    resident: of('resident'),
    code: of('code'),
    mainHeap: of('mainHeap'),
    mainUsed: of('mainUsed'),
    otherHeaps: of('otherHeaps'),
    buffers: of('buffers'),
    rest: of('rest'),
  }
}
