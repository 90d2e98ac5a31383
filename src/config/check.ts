// From text to a checked config: all problems of a file at once, sorted by line; nothing half right comes out.

import { isObject, type JsonObject } from '../base/json.js'
import { roundedInterval } from './check-interval.js'
import { crossCheck } from './cross-check.js'
import { isExposed } from './endpoints.js'
import { explainIssues } from './explain-issue.js'
import { type Override, withOverrides } from './overrides.js'
import type { PresetIndex } from './presets.js'
import { byPlace, dotted, type Issue, type Problem } from './problem.js'
import { type Config, configSchema } from './schema.js'
import { locate, readSource, type Source } from './source.js'

export type Checked = {
  /** Undefined when there is any problem. */
  readonly config: Config | undefined
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  readonly source: Source
}

/** Checks the text of a config. `name` is the file's name in problems; overrides win over the text. */
export function checkConfig(
  text: string,
  name: string,
  presets: PresetIndex,
  overrides: readonly Override[] = [],
): Checked {
  const source = readSource(text, name)
  if (source.values === undefined)
    return { config: undefined, problems: source.problems, warnings: [], source }
  const values = withOverrides(source.values, overrides)
  const parsed = configSchema.safeParse(values)
  const cross = crossCheck(values, presets)
  const fromSchema = parsed.success ? [] : explainIssues(parsed.error, configSchema, values)
  const problems = place([...fromSchema, ...firstOnly(fromSchema, cross.errors)], source, name, overrides)
  return {
    config: parsed.success && problems.length === 0 ? parsed.data : undefined,
    problems,
    warnings: place(
      [...cross.warnings, ...exposedEndpoints(values), ...roundedInterval(values)],
      source,
      name,
      overrides,
    ),
    source,
  }
}

/** A cross check of a value that the schema already refuses would only repeat it. */
function firstOnly(fromSchema: readonly Issue[], cross: readonly Issue[]): Issue[] {
  const taken = new Set(fromSchema.map((issue) => dotted(issue.path)))
  return cross.filter((issue) => !taken.has(dotted(issue.path)))
}

function place(
  issues: readonly Issue[],
  source: Source,
  name: string,
  overrides: readonly Override[],
): Problem[] {
  const overridden = new Map(overrides.map((override) => [override.path.join('.'), override.name]))
  const fromFile = issues.filter((issue) => !overridden.has(dotted(issue.path)))
  const fromOutside = issues.flatMap((issue): Problem[] => {
    const path = dotted(issue.path)
    const by = overridden.get(path)
    return by === undefined ? [] : [{ source: by, path, message: issue.message }]
  })
  return [...locate(source, name, fromFile).sort(byPlace), ...fromOutside]
}

function exposedEndpoints(values: JsonObject): Issue[] {
  const channels = Array.isArray(values['channels']) ? values['channels'] : []
  return channels.flatMap((channel, index) => {
    const endpoints = isObject(channel) ? channel['endpoints'] : undefined
    if (!isObject(endpoints)) return []
    return Object.entries(endpoints).flatMap(([protocol, url]): Issue[] =>
      typeof url === 'string' && isExposed(url)
        ? [
            {
              path: ['channels', index, 'endpoints', protocol],
              at: 'value',
              message: 'http:// sends keys and conversations in clear text over the network; use https://',
            },
          ]
        : [],
    )
  })
}
