// `axonhub channel add`: by questions on a terminal (guided.ts), or from flags, with questions only for what they leave open.

import { HubError, sentence } from '../../../base/errors.js'
import { loadPresets, type PresetIndex } from '../../../config/presets.js'
import type { ChannelTestReply } from '../../../control/api.js'
import { channelNamed, testChannel } from '../../channels.js'
import type { Cli } from '../../cli.js'
import { EXIT } from '../../exit-codes.js'
import { canAsk } from '../../prompt.js'
import { plain } from '../../table.js'
import { chooseCredential } from './credential.js'
import { save } from './draft.js'
import { chooseEndpoints, chooseProvider, givenName } from './provider.js'

export type AddOptions = {
  readonly provider?: string
  readonly name?: string
  readonly apiKeyEnv?: readonly string[]
  readonly apiKeyStdin?: boolean
  readonly endpoint?: readonly string[]
  readonly auth?: 'client' | 'login'
  readonly models?: readonly string[]
  readonly tags?: readonly string[]
  readonly priority?: number
  readonly test: boolean
  readonly json?: boolean
}

/** The longest that the first question to a new channel may take, ms. */
const PATIENCE_MS = 120_000

/** One small question to each endpoint. */
export async function tried(cli: Cli, name: string): Promise<ChannelTestReply> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  try {
    return await testChannel(cli, channelNamed(cli, name), { depth: 'text' }, signal)
  } catch (thrown) {
    // The channel is in the file already: what keeps it from being asked is told, and that it is there.
    if (!(thrown instanceof HubError)) throw thrown
    const told = sentence(thrown)
    const named = `${name}: `
    const note = told.startsWith(named) ? told.slice(named.length) : told
    return { channel: name, ok: false, note, cards: [] }
  }
}

export function showTried({ out }: Cli, { channel, ok, note, cards }: ChannelTestReply): void {
  const mark = ok ? out.style.good('✓') : out.style.bad('✗')
  out.line(`${mark} ${out.style.bold(channel)}${note === null ? '' : `: ${plain(note)}`}`)
  for (const { protocol, answers, results } of cards) {
    const own = answers ? out.style.good('✓') : out.style.bad('✗')
    out.line(`  ${own} ${protocol}: ${plain(results[0]?.detail ?? 'it answers')}`)
  }
}

async function addByFlags(
  cli: Cli,
  named: string | undefined,
  options: AddOptions,
  presets: PresetIndex,
): Promise<void> {
  const { out } = cli
  const { models, tags, priority } = options
  const preset = await chooseProvider(cli, named, options, presets)
  const name = givenName(cli, preset, options)
  const endpoints = await chooseEndpoints(cli, preset, options)
  const credential = await chooseCredential(cli, preset, options)
  await save(cli, { name, provider: preset?.name, endpoints, credential, models, tags, priority })
  if (options.json !== true)
    out.line(`Added the channel "${name}" (${preset?.title ?? 'a server of your own'}).`)
  const reply = options.test ? await tried(cli, name) : undefined
  if (options.json === true) out.json({ name, provider: preset?.name ?? null, test: reply ?? null })
  else if (reply !== undefined) showTried(cli, reply)
  if (reply?.ok === false) {
    cli.exit(EXIT.failed)
    out.note(
      `The channel is saved, but it does not answer yet; "axonhub channel test ${name}" asks it again.`,
    )
  }
}

/** Nothing says what to add, and there is somebody to ask. */
function isGuided(cli: Cli, named: string | undefined, { endpoint, json }: AddOptions): boolean {
  return named === undefined && (endpoint ?? []).length === 0 && json !== true && canAsk(cli)
}

export async function addChannel(cli: Cli, argument: string | undefined, options: AddOptions): Promise<void> {
  if (argument !== undefined && options.provider !== undefined && argument !== options.provider) {
    throw new HubError('usage', `Two providers are named: ${argument} and ${options.provider}.`)
  }
  const named = argument ?? options.provider
  const presets = loadPresets()
  if (!isGuided(cli, named, options)) return addByFlags(cli, named, options, presets)
  const { addByQuestions } = await import('./guided.js')
  const added = await addByQuestions(cli, options, presets)
  if (added === undefined) cli.out.line('Nothing was changed.')
  else {
    cli.out.line(`Added the channel "${added.name}" (${added.title}).`)
    cli.out.note(`"axonhub channel test ${added.name}" finds out what it can do for agents.`)
  }
}
