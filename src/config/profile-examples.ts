// Profiles to begin with: templates/profiles/*.yml. They name providers where a profile names channels, and are fitted to
// the channels that the user has.

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { HubError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import { packageFile } from '../base/package-file.js'
import { explainIssues } from './explain-issue.js'
import { anyText } from './kinds.js'
import { formatProblem } from './problem.js'
import { PROFILE_FIELDS, type ProfileConfig } from './schema.js'
import { locate, readSource } from './source.js'

const exampleSchema = z.strictObject({ name: anyText, title: anyText, ...PROFILE_FIELDS })

export type ProfileExample = z.output<typeof exampleSchema>

const FOLDER = fileURLToPath(packageFile('templates/profiles/'))

/** All examples of the package, in the order of the alphabet. Throws HubError `internal` when one is damaged. */
export function profileExamples(folder: string = FOLDER): ProfileExample[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .sort()
    .map((file) => readExample(readFileSync(join(folder, file), 'utf8'), file))
}

/** Throws HubError `not-found`. */
export function exampleNamed(name: string): ProfileExample {
  const examples = profileExamples()
  const example = examples.find((one) => one.name === name)
  if (example !== undefined) return example
  const names = examples.map((one) => one.name)
  const [close] = nearest(name, names)
  throw new HubError('not-found', `There is no example "${name}".`, {
    hint: close === undefined ? `The examples: ${names.join(', ')}.` : `Did you mean "${close}"?`,
  })
}

function readExample(text: string, file: string): ProfileExample {
  const source = readSource(text, file)
  const values = source.values ?? {}
  const parsed = exampleSchema.safeParse(values)
  if (parsed.success && source.problems.length === 0 && parsed.data.name === basename(file, '.yml'))
    return parsed.data
  const problems = [
    ...source.problems,
    ...(parsed.success ? [] : locate(source, file, explainIssues(parsed.error, exampleSchema, values))),
  ]
  const why = problems.map(formatProblem).join('\n') || `${file}: its name must be that of the file`
  throw new HubError('internal', `An example of a profile cannot be read:\n${why}`, {
    hint: 'Install axonhub again.',
  })
}

/** The providers that an example may use. */
export function providersOf(example: ProfileExample): string[] {
  return [...new Set(example.mappings.flatMap(({ channel }) => channel ?? []))]
}

type Channel = { readonly name: string; readonly provider?: string | undefined }

/**
 * The example as a profile of the user's own channels: each provider becomes the channels of that provider, those that
 * the user has none of are left out. Throws HubError `refused` when a mapping would have no channel.
 */
export function fitExample(example: ProfileExample, channels: readonly Channel[]): ProfileConfig {
  const named = (provider: string) =>
    channels.filter((channel) => (channel.provider ?? channel.name) === provider).map(({ name }) => name)
  const ours = (providers: readonly string[]) => [...new Set(providers.flatMap(named))]
  const lacking = example.mappings.find(({ channel }) => channel !== undefined && ours(channel).length === 0)
  if (lacking !== undefined) {
    const wanted = lacking.channel ?? []
    throw new HubError(
      'refused',
      `The example "${example.name}" needs a channel of ${wanted.join(' or ')}, and there is none.`,
      { hint: `Add it with "axonhub channel add ${wanted[0] ?? ''}", or begin with another example.` },
    )
  }
  return {
    mappings: example.mappings.map(({ channel, ...mapping }) =>
      channel === undefined ? mapping : { ...mapping, channel: ours(channel) },
    ),
    ...(example.channels === undefined ? {} : { channels: ours(example.channels) }),
    ...(example.tags === undefined ? {} : { tags: example.tags }),
  }
}
