// One flat name for every tool, as all upstreams accept it: at most 64 of A-Z a-z 0-9 _ -. Law: different tools get
// different names, the same tools always the same ones, and every name leads back to its tool.

import { createHash } from 'node:crypto'
import type { ToolKind } from '../ir/part.js'
import type { IrTool, ServerTool } from '../ir/request.js'

/** A tool as the agent knows it. */
export type ToolAddress = { readonly kind: ToolKind; readonly name: string; readonly namespace?: string }

/** How a tool is called, whatever else is told of it. */
export function addressOf(tool: Exclude<IrTool, ServerTool>): ToolAddress {
  const namespace = tool.type === 'search' ? undefined : tool.namespace
  return { kind: tool.type, name: tool.name, ...(namespace === undefined ? {} : { namespace }) }
}

export type ToolNames = {
  /** The flat name of a tool; a tool seen for the first time is registered. Kind is no part of the identity. */
  flat(address: ToolAddress): string
  /** The tool that a model means: its flat name, or its bare or dotted name where only one tool fits. */
  find(called: string): ToolAddress | undefined
}

const LONGEST = 64
const HASH_LENGTH = 8

export function toolNames(): ToolNames {
  /** Flat names by tool: of those without a namespace by their name. */
  const plainNames = new Map<string, string>()
  const namespacedNames = new Map<string, string>()
  const addresses = new Map<string, ToolAddress>()
  /** Other ways to write a namespaced tool; null when two tools could be meant. */
  const aliases = new Map<string, ToolAddress | null>()

  return {
    flat(address) {
      const { name, namespace } = address
      const flatNames = namespace === undefined ? plainNames : namespacedNames
      const key = namespace === undefined ? name : identityOf(address)
      const known = flatNames.get(key)
      if (known !== undefined) return known
      const plain = fitted(address)
      const flat = addresses.has(plain) ? hashed(plain, identityOf(address), addresses) : plain
      flatNames.set(key, flat)
      const { kind } = address
      const kept = { kind, name, ...(namespace === undefined ? {} : { namespace }) }
      addresses.set(flat, kept)
      for (const alias of aliasesOf(kept)) aliases.set(alias, aliases.has(alias) ? null : kept)
      return flat
    },
    find(called) {
      const known = (name: string) => addresses.get(name) ?? aliases.get(name) ?? undefined
      // Some models put the word of their own prompt format before the name.
      return known(called) ?? known(called.replace(/^functions[./]/, ''))
    },
  }
}

/** Whether a name may stand as it is. */
export function isFlatName(name: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name)
}

function identityOf(address: ToolAddress): string {
  return JSON.stringify([address.namespace ?? null, address.name])
}

function joinedName(address: ToolAddress): string {
  return address.namespace === undefined ? address.name : `${address.namespace}__${address.name}`
}

function fitted(address: ToolAddress): string {
  const name = joinedName(address)
  if (isFlatName(name)) return name
  const allowed = name.replaceAll(/[^A-Za-z0-9_-]/g, '_')
  if (allowed === '') return 'tool'
  return allowed.length <= LONGEST ? allowed : withHash(allowed, identityOf(address))
}

/** A free name for a tool whose plain name another tool has. */
function hashed(plain: string, identity: string, taken: ReadonlyMap<string, ToolAddress>): string {
  let candidate = withHash(plain, identity)
  for (let turn = 2; taken.has(candidate); turn++) candidate = withHash(plain, `${identity}${turn}`)
  return candidate
}

function withHash(name: string, identity: string): string {
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, HASH_LENGTH)
  return `${name.slice(0, LONGEST - HASH_LENGTH - 1)}_${hash}`
}

function aliasesOf(address: ToolAddress): string[] {
  const { name, namespace } = address
  if (namespace === undefined) return isFlatName(name) ? [] : [name]
  return [name, ...['.', '__', '/', ':'].map((between) => `${namespace}${between}${name}`)]
}
