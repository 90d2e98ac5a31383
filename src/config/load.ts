// The config that is in force, and where each value came from. Order: flag, environment, file, default.

import { readFileSync } from 'node:fs'
import { HubError } from '../base/errors.js'
import type { JsonValue } from '../base/json.js'
import { checkConfig } from './check.js'
import { environmentOverrides, type Override, settings } from './overrides.js'
import type { Environment, Paths } from './paths.js'
import { loadPresets, type PresetIndex } from './presets.js'
import { byPlace, dotted, formatProblem, type Problem } from './problem.js'
import type { Config } from './schema.js'

export type Origin =
  | { readonly from: 'flag'; readonly name: string }
  | { readonly from: 'environment'; readonly name: string }
  | { readonly from: 'file'; readonly line: number }
  | { readonly from: 'default' }

export type LoadedConfig = {
  readonly config: Config
  /** By dotted path, for example `server.port` or `channels[0].name`. */
  readonly origins: ReadonlyMap<string, Origin>
  readonly warnings: readonly Problem[]
  readonly presets: PresetIndex
  /** Does the file exist? */
  readonly exists: boolean
}

export type LoadOptions = {
  readonly paths: Pick<Paths, 'config'>
  readonly env: Environment
  /** Values of command line flags by dotted path: `{ 'server.port': 9000 }`. */
  readonly flags?: Readonly<Record<string, JsonValue>>
  /** Default: the presets of the package. */
  readonly presets?: PresetIndex
  /** Read in the place of the file, to see what would come of it. */
  readonly text?: string
}

/**
 * Reads and checks the config; a missing file means defaults. Throws HubError `config-invalid` which lists every
 * problem, one per line, with file, line and column.
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const { text, exists } =
    options.text === undefined
      ? readConfigText(options.paths.config)
      : { text: options.text.replace(/^\uFEFF/, ''), exists: true }
  const presets = options.presets ?? loadPresets()
  const environment = environmentOverrides(options.env)
  const flags = Object.entries(options.flags ?? {}).map(
    ([path, value]): Override => ({ path: path.split('.'), value, name: `--${path}` }),
  )
  const overrides = [...environment.overrides, ...flags]
  const checked = checkConfig(text, options.paths.config, presets, overrides)
  const problems = [...checked.problems, ...environment.problems]
  if (checked.config === undefined || problems.length > 0) throw invalidConfig(problems)
  return {
    config: checked.config,
    origins: originsOf(checked.source.scalars(), environment.overrides, flags),
    warnings: [...checked.warnings, ...environment.warnings].sort(byPlace),
    presets,
    exists,
  }
}

/** The text of the file; empty when there is none. Throws HubError `config-invalid` when it cannot be read. */
export function readConfigText(path: string): { text: string; exists: boolean } {
  try {
    return { text: readFileSync(path, 'utf8').replace(/^\uFEFF/, ''), exists: true }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      return { text: '', exists: false }
    throw new HubError('config-invalid', `The config ${path} cannot be read.`, {
      cause,
      hint: 'Check that it is a file and that you may read it.',
    })
  }
}

/** All problems as one error. */
export function invalidConfig(problems: readonly Problem[]): HubError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  return new HubError(
    'config-invalid',
    `The config has ${count}:\n${problems.map(formatProblem).join('\n')}`,
    {
      hint: 'Correct it with `axonhub config edit`; `axonhub config check` looks again.',
    },
  )
}

function originsOf(
  scalars: readonly { readonly path: readonly (string | number)[]; readonly line: number }[],
  environment: readonly Override[],
  flags: readonly Override[],
): Map<string, Origin> {
  const origins = new Map<string, Origin>(settings().map(({ path }) => [path.join('.'), { from: 'default' }]))
  const known = [...origins.keys()]
  // One word may stand for a whole group (`breaker: off`).
  const mark = (path: string, origin: Origin) => {
    if (origins.has(path))
      for (const inner of known) if (inner.startsWith(`${path}.`)) origins.set(inner, origin)
    origins.set(path, origin)
  }
  for (const { path, line } of scalars) mark(settingOf(path, origins), { from: 'file', line })
  for (const { path, name } of environment) mark(path.join('.'), { from: 'environment', name })
  for (const { path, name } of flags) mark(path.join('.'), { from: 'flag', name })
  return origins
}

/** Items of a list setting count for the setting as a whole. */
function settingOf(path: readonly (string | number)[], known: ReadonlyMap<string, Origin>): string {
  const whole = dotted(path)
  const list = dotted(path.slice(0, -1))
  return typeof path.at(-1) === 'number' && known.has(list) ? list : whole
}
