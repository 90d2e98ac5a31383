// `axonhub channel list` and `models`.

import type { Channel } from '../../../config/channels.js'
import { credentialWords } from '../../../config/credential-words.js'
import type { CapabilityCard } from '../../../control/card.js'
import { cardInShort } from '../../card-view.js'
import { cards, channels, channelToAsk, type Embedded, embeddedChannels, modelsOf } from '../../channels.js'
import type { Cli } from '../../cli.js'
import { plain, table } from '../../table.js'

const SHORT: Readonly<Record<string, string>> = {
  'openai-chat': 'chat',
  'openai-responses': 'responses',
  'anthropic-messages': 'messages',
  gemini: 'gemini',
}

/** What its tests found out: of one model in short, of several how many there are. */
function cardWords(own: readonly CapabilityCard[]): string {
  const full = own.filter((card) => card.results.length > 1)
  const words = [...new Set(full.map(cardInShort))]
  const [only] = words
  return only === undefined ? 'not tested' : words.length === 1 ? only : words.join(' / ')
}

function asJson(channel: Channel, own: readonly CapabilityCard[]): object {
  return {
    name: channel.name,
    provider: channel.provider ?? null,
    title: channel.title,
    enabled: channel.enabled,
    endpoints: Object.fromEntries(channel.endpoints.map(({ protocol, baseUrl }) => [protocol, baseUrl])),
    credential: credentialWords(channel),
    models: channel.models ?? null,
    tags: channel.tags,
    priority: channel.priority,
    weight: channel.weight,
    cards: own,
    embedded: false,
  }
}

/** Its addresses are the hub's own business. */
function embeddedAsJson({ name, protocols }: Embedded): object {
  return {
    name,
    provider: null,
    title: 'embedded in the running hub',
    enabled: true,
    endpoints: Object.fromEntries(protocols.map((protocol) => [protocol, null])),
    credential: 'no key',
    models: null,
    tags: [],
    priority: 0,
    weight: 1,
    cards: [],
    embedded: true,
  }
}

function speaks(protocols: readonly string[]): string {
  return protocols.map((protocol) => SHORT[protocol] ?? protocol).join(' ')
}

export async function listChannels(cli: Cli, json: boolean): Promise<void> {
  const { out } = cli
  const all = channels(cli)
  const inside = await embeddedChannels(cli)
  const known = all.length === 0 ? [] : await cards(cli)
  const cardsOf = ({ name }: Channel) => known.filter((card) => card.channel === name)
  if (json) {
    out.json([...all.map((channel) => asJson(channel, cardsOf(channel))), ...inside.map(embeddedAsJson)])
    return
  }
  if (all.length + inside.length === 0) {
    out.line('No channels yet. Add one with "axonhub channel add".')
    return
  }
  const rows = all.map((channel): string[] => [
    channel.name,
    channel.enabled ? 'on' : 'off',
    speaks(channel.endpoints.map(({ protocol }) => protocol)),
    credentialWords(channel),
    channel.models === undefined ? 'every model' : channel.models.join(' '),
    cardWords(cardsOf(channel)),
  ])
  const columns = [
    { title: 'channel' },
    { title: '' },
    { title: 'speaks', flexible: true },
    { title: 'key', flexible: true },
    { title: 'models', flexible: true },
    { title: 'can', flexible: true },
  ]
  const embedded = inside.map(({ name, protocols }) => [
    name,
    'on',
    speaks(protocols),
    '(embedded)',
    'every model',
    '',
  ])
  for (const line of table(columns, [...rows, ...embedded], out.width)) out.line(line)
  if (all.length > 0 && inside.length > 0)
    out.note('The hub runs with --demo: while it does, the embedded channel alone answers.')
}

export async function listModels(cli: Cli, name: string, json: boolean): Promise<void> {
  const models = await modelsOf(cli, await channelToAsk(cli, name))
  if (json) return cli.out.json(models)
  if (models.length === 0) return cli.out.note(`${name} lists no models.`)
  for (const model of models) cli.out.line(plain(model))
}
