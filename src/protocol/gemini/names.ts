// How tools are called here: names begin with a letter or an underscore. Law: different tools get different names, the same
// tools always the same ones, and each name leads back to its tool.

import { createHash } from 'node:crypto'
import type { IrTool } from '../ir/request.js'

const LONGEST_NAME = 64
const HASH_LENGTH = 8

export type WireNames = {
  /** The name that a tool has here, also one of the history that is no longer offered. */
  wire(name: string): string
  /** The name under which the agent offered it, where one did. */
  offered(called: string): string | undefined
}

/** The names of all tools of a request. */
export function wireNames(tools: readonly IrTool[]): WireNames {
  const names = tools.flatMap((tool) => (tool.type === 'server' ? [] : [tool.name]))
  const offered = new Map<string, string>()
  for (const name of names) if (isFit(name)) offered.set(name, name)
  const changed = new Map<string, string>()
  for (const name of names) {
    if (isFit(name) || changed.has(name)) continue
    const own = freeName(name, offered)
    changed.set(name, own)
    offered.set(own, name)
  }
  return {
    wire: (name) => (isFit(name) ? name : (changed.get(name) ?? freeName(name, offered))),
    offered: (called) => offered.get(called),
  }
}

/** The name under which the agent offered the tool that is called; one that nobody offered stays as it is. */
export function offeredName(called: string, tools: readonly IrTool[]): string {
  return called.startsWith('_') ? (wireNames(tools).offered(called) ?? called) : called
}

function isFit(name: string): boolean {
  return /^[A-Za-z_]/.test(name)
}

/** An underscore before it; one that is too long with it, or that another tool has, ends in a hash of itself. */
function freeName(name: string, taken: ReadonlyMap<string, string>): string {
  const begun = `_${name}`
  if (begun.length <= LONGEST_NAME && !taken.has(begun)) return begun
  for (let turn = 1; ; turn++) {
    const hash = createHash('sha256')
      .update(turn === 1 ? name : `${name} ${turn}`)
      .digest('hex')
      .slice(0, HASH_LENGTH)
    const candidate = `${begun.slice(0, LONGEST_NAME - HASH_LENGTH - 1)}_${hash}`
    if (!taken.has(candidate)) return candidate
  }
}
