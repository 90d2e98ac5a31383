// `axonhub config show`: the configuration in force, with or without the origin of each value.

import { stringify } from 'yaml'
import { isObject, type JsonObject, type JsonValue, parseJson } from '../../../base/json.js'
import type { Origin } from '../../../config/load.js'
import { type ConfigPath, dotted } from '../../../config/problem.js'
import { describeReference } from '../../../secrets/reference.js'
import type { Cli } from '../../cli.js'
import { readConfig } from '../../config-change.js'
import { table } from '../../table.js'

const SECRET_HEADER = /authorization|key|token|secret|cookie|password/i
/** Settings whose values are times; they are read as milliseconds and shown as they are written. */
const DURATION = /(_timeout|_for|_interval|_cap|retention)$/

const SIZE = /_size$/

function readableSize(bytes: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['GB', 1_000_000_000],
    ['MB', 1_000_000],
    ['KB', 1_000],
  ]
  const unit = units.find(([, size]) => bytes >= size && bytes % size === 0) ?? (['B', 1] as const)
  return `${bytes / unit[1]}${unit[0]}`
}

function readableDuration(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ]
  const unit = units.find(([, size]) => ms >= size && ms % size === 0) ?? (['ms', 1] as const)
  return `${ms / unit[1]}${unit[0]}`
}

/** References without the secrets that they may hold; one alone stands for itself. */
function keysShown(value: JsonValue): JsonValue {
  const keys = (Array.isArray(value) ? value : [value]).map((one) =>
    typeof one === 'string' ? describeReference(one) : null,
  )
  const [only] = keys
  return keys.length === 1 && only !== undefined ? only : keys
}

/** The value as it may be shown: no secret, times with their unit. */
function shown(value: JsonValue, path: ConfigPath): JsonValue {
  if (path.at(-1) === 'api_key') return keysShown(value)
  if (Array.isArray(value)) return value.map((item, index) => shown(item, [...path, index]))
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, shown(inner, [...path, key])]),
    )
  }
  const key = String(path.at(-1) ?? '')
  if (path.at(-2) === 'headers' && SECRET_HEADER.test(key)) return '********'
  if (typeof value !== 'number') return value
  if (SIZE.test(key)) return readableSize(value)
  return DURATION.test(key) ? readableDuration(value) : value
}

type Leaf = { readonly path: string; readonly value: JsonValue }

/** One line per value; lists of scalars and empty groups count as one. */
function leaves(value: JsonValue, path: ConfigPath): Leaf[] {
  if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null)) {
    return value.flatMap((item, index) => leaves(item, [...path, index]))
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
  }
  return [{ path: dotted(path), value }]
}

function originWords(origin: Origin | undefined): string {
  switch (origin?.from) {
    case 'flag':
      return `flag ${origin.name}`
    case 'environment':
      return `environment ${origin.name}`
    case 'file':
      return `file, line ${origin.line}`
    case 'default':
    case undefined:
      return 'default'
  }
}

function originOf(origins: ReadonlyMap<string, Origin>, path: string): Origin | undefined {
  return origins.get(path) ?? origins.get(`${path}[0]`)
}

export function showConfig(cli: Cli, options: { readonly origin?: boolean; readonly json?: boolean }): void {
  const { out } = cli
  const { config, origins, exists } = readConfig(cli)
  const plain = parseJson(JSON.stringify(config))
  const values: JsonObject = isObject(plain) ? plain : {}
  const masked = shown(values, [])
  const rows = leaves(masked, []).map(({ path, value }) => ({
    path,
    value,
    origin: originOf(origins, path) ?? { from: 'default' as const },
  }))
  if (options.json === true) {
    out.json(options.origin === true ? rows : masked)
    return
  }
  if (!exists) out.note(`There is no ${cli.paths().config} yet: these are the defaults.`)
  if (options.origin !== true) {
    out.raw(stringify(masked))
    return
  }
  // The value comes last and is never cut: a long one may use the next line.
  const columns = [{ title: 'setting' }, { title: 'from' }, { title: 'value' }]
  const cells = rows.map(({ path, value, origin }) => [
    path,
    originWords(origin),
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  for (const line of table(columns, cells, out.width)) out.line(line)
}
