// `axonhub channel add` on a terminal, without flags: provider, address and key are asked, the key is tried by a real call,
// the provider's models are offered, and all is shown before anything is written. Law: an end before the last yes leaves
// nothing behind.

import { asHubError, HubError, sentence } from '../../../base/errors.js'
import type { Preset, PresetIndex } from '../../../config/presets.js'
import type { ChannelTestReply } from '../../../control/api.js'
import type { Cli } from '../../cli.js'
import { pickMany, pickOne } from '../../pick.js'
import { ask, confirm } from '../../prompt.js'
import { pairs, plain } from '../../table.js'
import type { AddOptions } from './add.js'
import { askCredential, type Credential, chooseCredential } from './credential.js'
import { type Draft, draftedChannel, save } from './draft.js'
import { askName, chooseEndpoints, chooseProvider, proposedName } from './provider.js'

/** The longest that the first question to a new channel may take, ms. */
const PATIENCE_MS = 120_000

const typed = (credential: Credential) => (credential.type === 'store' ? credential.value : undefined)

/** Asks each endpoint one small question, with the key that was typed. */
async function tried(cli: Cli, draft: Draft, presets: PresetIndex): Promise<ChannelTestReply> {
  const channel = draftedChannel(draft, presets)
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const key = typed(draft.credential)
  return cli.deps.offline.testChannel(cli.paths(), channel, { depth: 'text', key, signal })
}

type Outcome =
  | 'answers'
  | 'silent'
  /** Nobody knows which model to ask for. */
  | 'no-model'

/** How it answered; what came is told. */
async function outcomeOf(cli: Cli, draft: Draft, presets: PresetIndex): Promise<Outcome> {
  const { out } = cli
  out.note('Asking it one small question …')
  try {
    const reply = await tried(cli, draft, presets)
    for (const { protocol, answers, results } of reply.cards) {
      const mark = answers ? out.style.good('✓') : out.style.bad('✗')
      out.note(`${mark} ${protocol}: ${plain(results[0]?.detail ?? 'it answers')}`)
    }
    return reply.ok ? 'answers' : 'silent'
  } catch (thrown) {
    const error = asHubError(thrown)
    if (error.code === 'unknown-model') return 'no-model'
    out.note(`${out.style.bad('✗')} ${plain(sentence(error))}`)
    return 'silent'
  }
}

/** What helps first stands first: of a server that wants no key, that it is on by now. */
function afterFailure({ credential }: Draft) {
  const key =
    credential.type === 'none'
      ? [
          { name: 'retry', title: 'ask it once more, now that it is on' },
          { name: 'again', title: 'give a key' },
        ]
      : [
          { name: 'again', title: 'give the key once more' },
          { name: 'retry', title: 'ask it once more with this key' },
        ]
  return [
    ...key,
    { name: 'save', title: 'add the channel all the same' },
    { name: 'stop', title: 'leave everything as it was' },
  ]
}

async function askModel(cli: Cli): Promise<string> {
  for (;;) {
    const model = await ask(cli, 'It lists no models. One that it serves: ')
    if (model !== '') return model
  }
}

/** The draft with a key that works, or that the person wants all the same. */
async function tryOut(
  cli: Cli,
  preset: Preset | undefined,
  first: Draft,
  presets: PresetIndex,
): Promise<Draft> {
  let draft = first
  for (;;) {
    const outcome = await outcomeOf(cli, draft, presets)
    if (outcome === 'answers') return draft
    if (outcome === 'no-model') {
      draft = { ...draft, models: [await askModel(cli)] }
      continue
    }
    const next = await pickOne(cli, 'It does not answer. What now', afterFailure(draft))
    if (next === 'save') return draft
    if (next === 'retry') continue
    if (next === 'stop') throw new HubError('canceled', 'Canceled; nothing was changed.')
    draft = { ...draft, credential: await askCredential(cli, preset) }
  }
}

/** With the ids that were marked; none marked: whatever the provider serves. */
async function chooseModels(cli: Cli, draft: Draft, presets: PresetIndex): Promise<Draft> {
  if (draft.models !== undefined) return draft
  const channel = draftedChannel(draft, presets)
  const listed = await cli.deps.offline
    .listModels(cli.paths(), channel, typed(draft.credential))
    .catch(() => [])
  if (listed.length < 2) return draft
  const items = [...new Set(listed)].map((name) => ({ name, title: '' }))
  const marked = await pickMany(cli, 'Models it may be asked for (Enter alone: all)', items)
  return marked.length === 0 ? draft : { ...draft, models: marked }
}

function keyWords({ name, credential }: Draft): string {
  switch (credential.type) {
    case 'store':
      return `kept with the secrets as "${name}"`
    case 'env':
      return `read from ${credential.names.join(', ')}`
    case 'client':
      return "the agent's own login"
    case 'login':
      return "read from the agent's login file"
    case 'none':
      return 'none'
  }
}

function showSummary(cli: Cli, draft: Draft, presets: PresetIndex): void {
  const channel = draftedChannel(draft, presets)
  const rows: [string, string][] = [
    ['Name', draft.name],
    ['Provider', plain(channel.title)],
    ...channel.endpoints.map(({ protocol, baseUrl }): [string, string] => [protocol, baseUrl]),
    ['Key', keyWords(draft)],
    ['Models', draft.models?.map(plain).join(', ') ?? 'all it serves'],
  ]
  for (const line of ['', ...pairs(rows).map((row) => `  ${row}`), '']) cli.out.note(line)
}

export type Guided = { readonly name: string; readonly title: string }

/** Undefined: the person did not want it in the end. Throws HubError `canceled`; nothing is written then. */
export async function addByQuestions(
  cli: Cli,
  options: AddOptions,
  presets: PresetIndex,
): Promise<Guided | undefined> {
  const preset = await chooseProvider(cli, undefined, options, presets)
  const endpoints = await chooseEndpoints(cli, preset, options)
  const credential = await chooseCredential(cli, preset, options)
  const { tags, priority, models } = options
  const name = options.name ?? proposedName(cli, preset)
  let draft: Draft = { name, provider: preset?.name, endpoints, credential, models, tags, priority }
  if (options.test && credential.type !== 'client') {
    draft = await tryOut(cli, preset, draft, presets)
    draft = await chooseModels(cli, draft, presets)
  }
  draft = { ...draft, name: await askName(cli, preset, options) }
  showSummary(cli, draft, presets)
  if (!(await confirm(cli, 'Add it?', true))) return undefined
  await save(cli, draft)
  return { name: draft.name, title: preset?.title ?? 'a server of your own' }
}
