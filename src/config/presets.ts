// What is known of each provider: templates/providers/*.yml, data only. Adding a provider is adding a file.

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { HubError } from '../base/errors.js'
import { packageFile } from '../base/package-file.js'
import { dialectSchema } from './dialect-schema.js'
import { endpointUrl } from './endpoints.js'
import { explainIssues } from './explain-issue.js'
import { anyText, headerName, matching, numberFrom, oneOf, wholeNumber, yesOrNo } from './kinds.js'
import { formatProblem } from './problem.js'
import { PROTOCOLS } from './schema.js'
import { locate, readSource } from './source.js'

/** How a key is sent: `Authorization: Bearer`, `x-api-key`, `api-key`, `x-goog-api-key`, or not at all. */
const AUTH_STYLES = ['bearer', 'x-api-key', 'api-key', 'x-goog-api-key', 'none'] as const
export type AuthStyle = (typeof AUTH_STYLES)[number]

const authStyle = oneOf(AUTH_STYLES)
const perProtocol = <T extends z.ZodType>(value: T) => z.partialRecord(oneOf(PROTOCOLS), value)

/** When the prices in the presets were compared with their providers' pages. */
export const PRICES_CHECKED = '2026-11-20'

/** US dollars per million tokens. 0 is free; an absent price is not known. */
const price = z.strictObject({
  input: numberFrom(0),
  output: numberFrom(0),
  cache_read: numberFrom(0).exactOptional(),
  cache_write: numberFrom(0).exactOptional(),
  /** Other rates for inputs of more than `over` tokens, the cache included; a rate that is not named stays. */
  tiers: z
    .array(
      z.strictObject({
        over: wholeNumber(1, 100_000_000),
        input: numberFrom(0).exactOptional(),
        output: numberFrom(0).exactOptional(),
        cache_read: numberFrom(0).exactOptional(),
        cache_write: numberFrom(0).exactOptional(),
      }),
    )
    .exactOptional(),
})

const model = z.strictObject({
  id: anyText,
  /** Tokens. */
  context: wholeNumber(1, 100_000_000).exactOptional(),
  max_output: wholeNumber(1, 100_000_000).exactOptional(),
  price: price.exactOptional(),
})

/** Models that depart from their protocol in a way of their own; a later family counts over an earlier one. */
const family = z.strictObject({
  /** Ids or globs. */
  models: z.array(anyText).min(1),
  dialect: perProtocol(dialectSchema),
})

const presetSchema = z.strictObject({
  name: matching('the name of the file', /^[a-z0-9][a-z0-9-]*$/),
  title: anyText,
  /** Environment variable where people keep the key; absent when the provider needs none. */
  key_variable: matching('the name of an environment variable', /^[A-Z][A-Z0-9_]*$/).exactOptional(),
  /** Works without a key; the variable only matters where the user set up one. */
  key_optional: yesOrNo.prefault(false),
  auth: authStyle.prefault('bearer'),
  /** Where an endpoint differs from `auth`. */
  auth_by_protocol: perProtocol(authStyle).prefault({}),
  /** The agent whose own login this provider takes. */
  login: oneOf(['codex', 'claude-code']).exactOptional(),
  endpoints: perProtocol(endpointUrl),
  /** For providers whose address differs per customer: what it looks like. */
  endpoint_form: anyText.exactOptional(),
  headers: z.record(headerName, anyText).prefault({}),
  /** Globs of the models it serves; absent: those listed below; `["*"]`: all; `[]`: none, it only tells what is left. */
  serves: z.array(anyText).exactOptional(),
  models: z.array(model).prefault([]),
  dialect: perProtocol(dialectSchema).prefault({}),
  families: z.array(family).prefault([]),
})

export type Preset = z.output<typeof presetSchema>
export type PresetModel = Preset['models'][number]
/** By name, in the order of the alphabet. Each is read when it is asked for: most commands need one or two. */
export type PresetIndex = {
  get(name: string): Preset | undefined
  keys(): Iterable<string>
  values(): Iterable<Preset>
}

const FOLDER = fileURLToPath(packageFile('templates/providers/'))

/** The presets of the package. What it gives throws HubError `internal` when a preset is broken: the package is damaged. */
export function loadPresets(folder: string = FOLDER): PresetIndex {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .map((file) => basename(file, '.yml'))
    .sort()
  const known = new Map<string, Preset>()
  const get = (name: string): Preset | undefined => {
    const before = known.get(name)
    if (before !== undefined || !names.includes(name)) return before
    const preset = readPreset(readFileSync(join(folder, `${name}.yml`), 'utf8'), `${name}.yml`)
    known.set(name, preset)
    return preset
  }
  return { get, keys: () => names, values: () => names.flatMap((name) => get(name) ?? []) }
}

/** One preset from its text; `file` must be its name with `.yml`. */
export function readPreset(text: string, file: string): Preset {
  const source = readSource(text, file)
  const values = source.values ?? {}
  const parsed = presetSchema.safeParse(values)
  const problems = [
    ...source.problems,
    ...(parsed.success ? [] : locate(source, file, explainIssues(parsed.error, presetSchema, values))),
  ]
  if (parsed.success && problems.length === 0 && parsed.data.name === basename(file, '.yml'))
    return parsed.data
  const why =
    problems.length === 0
      ? `${file}: its name must be that of the file`
      : problems.map(formatProblem).join('\n')
  throw new HubError('internal', `A provider preset cannot be read:\n${why}`, {
    hint: 'Install axonhub again.',
  })
}
