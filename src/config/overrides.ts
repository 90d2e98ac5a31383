// Settings given from outside the file: AXONHUB_SERVER_PORT and its like, and command line flags.

import { parse } from 'yaml'
import { z } from 'zod'
import { isObject, type JsonObject, type JsonValue } from '../base/json.js'
import { unwrapSchema } from './explain-issue.js'
import type { Environment } from './paths.js'
import { didYouMean, type Problem } from './problem.js'
import { SETTINGS } from './schema.js'

export type Setting = {
  readonly path: readonly string[]
  readonly variable: string
  readonly schema: z.ZodType
}

export type Override = { readonly path: readonly string[]; readonly value: JsonValue; readonly name: string }

/** Every setting that has an environment override, in the order of the schema. */
export function settings(): Setting[] {
  return Object.entries(SETTINGS).flatMap(([key, schema]) => leaves([key], schema))
}

function leaves(path: readonly string[], schema: z.ZodType): Setting[] {
  const inner = unwrapSchema(schema)
  const own = { path, variable: `AXONHUB_${path.join('_').toUpperCase()}`, schema }
  if (!(inner instanceof z.ZodObject)) return [own]
  const within = Object.entries(inner.shape).flatMap(([key, value]) =>
    value instanceof z.ZodType ? leaves([...path, key], value) : [],
  )
  // A group that one word can switch off is a setting of its own.
  return schema.safeParse('off').success ? [own, ...within] : within
}

/** The overrides of the environment, and what is wrong with them. An empty variable counts as not set. */
export function environmentOverrides(environment: Environment): {
  overrides: Override[]
  problems: Problem[]
  warnings: Problem[]
} {
  const known = settings()
  const overrides: Override[] = []
  const problems: Problem[] = []
  for (const setting of known) {
    const text = environment[setting.variable]
    if (text === undefined || text === '') continue
    const value = acceptable(setting.schema, text)
    if (value === undefined)
      problems.push({
        source: `environment ${setting.variable}`,
        path: setting.path.join('.'),
        message: `${JSON.stringify(text)} is not allowed; allowed: ${allowedBy(setting.schema, text)}`,
      })
    else overrides.push({ path: setting.path, value, name: setting.variable })
  }
  return { overrides, problems, warnings: unknownVariables(environment, known) }
}

/** A misspelt AXONHUB_SERVER_… is worth a warning; names outside the settings' groups belong to others. */
function unknownVariables(environment: Environment, known: readonly Setting[]): Problem[] {
  const names = known.map((setting) => setting.variable)
  const groups = [
    ...new Set(known.filter((setting) => setting.path.length > 1).map((setting) => setting.path[0])),
  ]
  return Object.keys(environment)
    .filter((name) => groups.some((group) => name.startsWith(`AXONHUB_${group?.toUpperCase()}_`)))
    .filter((name) => !names.includes(name))
    .map((name) => ({
      source: `environment ${name}`,
      path: '',
      message: `no setting has this name${didYouMean(name, names)}`,
    }))
}

/** The text as the schema wants it: as it stands, as a YAML value, or as a list with commas. */
function acceptable(schema: z.ZodType, text: string): JsonValue | undefined {
  const candidates: JsonValue[] = [text, yamlValue(text), text.split(',').map((part) => part.trim())]
  return candidates.find((candidate) => schema.safeParse(candidate).success)
}

function yamlValue(text: string): JsonValue {
  try {
    const value: JsonValue = parse(text)
    return value
  } catch {
    return text
  }
}

function allowedBy(schema: z.ZodType, text: string): string {
  const issue = schema.safeParse(text).error?.issues[0]
  return issue === undefined ? 'another value' : issue.code === 'custom' ? issue.message : 'a list'
}

/** A copy of the values with the overrides put in. */
export function withOverrides(values: JsonObject, overrides: readonly Override[]): JsonObject {
  return overrides.reduce((result, override) => put(result, override.path, override.value), values)
}

function put(target: JsonObject, path: readonly string[], value: JsonValue): JsonObject {
  const [head, ...rest] = path
  if (head === undefined) return target
  const inside = target[head]
  return { ...target, [head]: rest.length === 0 ? value : put(isObject(inside) ? inside : {}, rest, value) }
}
