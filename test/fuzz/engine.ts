// The loop: mutate, run, keep what reaches new code, collect what breaks a law.
import { createHash } from 'node:crypto'
import type { Chance } from './chance.js'
import type { Coverage } from './coverage.js'
import { mutate, type Shape } from './mutate.js'

export type Target = {
  readonly name: string
  readonly shape: Shape
  seeds(): readonly Uint8Array[]
  /** Throws where a law is broken. */
  check(input: Uint8Array, dice: Chance): void | Promise<void>
}

export type Finding = { readonly target: string; readonly input: Uint8Array; readonly why: string }

export type Figures = {
  readonly target: string
  readonly executions: number
  readonly seconds: number
  /** Inputs that reached new code. */
  readonly kept: number
  readonly slowestMs: number
  readonly findings: readonly Finding[]
}

/** An input that needs longer on the processor is a finding: it would hold up every stream of the hub. */
const SLOW_MS = 1000
/** Taking the coverage costs as much as some runs, so it is asked after several. */
const BATCH = 24
const MOST_KEPT = 4000

export type Run = {
  readonly target: Target
  readonly seconds: number
  readonly dice: Chance
  readonly coverage: Coverage
}

export function nameOf(input: Uint8Array): string {
  return createHash('sha256').update(input).digest('hex').slice(0, 16)
}

type Tried = { readonly why?: string; readonly ms: number }

/** Not by the clock on the wall: a machine that is busy with other things makes no input slow. */
function cpuMs(before: NodeJS.CpuUsage): number {
  return process.cpuUsage(before).user / 1000
}

async function tried(target: Target, input: Uint8Array, dice: Chance): Promise<Tried> {
  const before = process.cpuUsage()
  try {
    await target.check(input, dice)
  } catch (thrown) {
    return { why: wordsOf(thrown), ms: cpuMs(before) }
  }
  const ms = cpuMs(before)
  return ms > SLOW_MS ? { why: `took ${Math.round(ms)} ms`, ms } : { ms }
}

function wordsOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const place = /at .*\/(src\/\S+?:\d+)/.exec(thrown.stack ?? '')?.[1] ?? ''
  return `${thrown.name}: ${thrown.message.slice(0, 400)} ${place}`.trim()
}

/** Runs one target until the time is over. Each way to fail is told once, with the shortest input that was met. */
export async function fuzz({ target, seconds, dice, coverage }: Run): Promise<Figures> {
  const pool: Uint8Array[] = [...target.seeds()]
  const findings = new Map<string, Finding>()
  const startedAt = performance.now()
  const spent = () => (performance.now() - startedAt) / 1000
  let [executions, kept, slowestMs] = [0, 0, 0]
  while (spent() < seconds) {
    const batch = Array.from({ length: BATCH }, () => {
      const parent = dice.pick(pool) ?? new Uint8Array(0)
      return mutate(target.shape, parent, dice.pick(pool) ?? parent, dice)
    })
    for (const input of batch) {
      const { why, ms } = await tried(target, input, dice)
      executions += 1
      slowestMs = Math.max(slowestMs, ms)
      const key = why?.replace(/\d+/g, 'N').slice(0, 80)
      const old = findings.get(key ?? '')
      if (why !== undefined && key !== undefined && (old === undefined || input.length < old.input.length))
        findings.set(key, { target: target.name, input, why })
      if (spent() >= seconds) break
    }
    // Which of the batch it was is not asked: all of it joins, and what is dull is pushed out in time.
    if ((await coverage.fresh()) > 0) {
      kept += 1
      pool.push(...batch)
      if (pool.length > MOST_KEPT) pool.splice(dice.below(pool.length - BATCH), BATCH)
    }
  }
  return {
    target: target.name,
    executions,
    seconds: spent(),
    kept,
    slowestMs,
    findings: [...findings.values()],
  }
}
