// Capability cards for people: one line for each capability, or all in a few words. Pure.

import { assertNever } from '../base/assert-never.js'
import type { Capability, CapabilityCard, CapabilityResult } from '../control/card.js'
import type { Styles } from './output.js'
import { plain, wrapped } from './table.js'
import { count, many } from './words.js'

const TITLES: Readonly<Record<Capability, string>> = {
  text: 'streamed text',
  tools: 'tool calls',
  'tool-streaming': 'streamed arguments',
  'parallel-tools': 'parallel calls',
  thinking: 'thinking with tools',
  'tool-images': 'images from tools',
  'json-schema': 'JSON schema',
  'token-count': 'token count',
  cache: 'cache',
  cancel: 'hanging up',
  models: 'list of models',
}

const TITLE_WIDTH = Math.max(...Object.values(TITLES).map((title) => title.length))

const AGENTS = { codex: 'as Codex', claude: 'as Claude Code', other: 'as another client' } as const

function mark(result: CapabilityResult['result'], style: Styles): string {
  switch (result) {
    case 'yes':
      return style.good('✓')
    case 'no':
      return style.bad('✗')
    case 'unknown':
      return style.dim('–')
    default:
      return assertNever(result)
  }
}

function resultLines(
  { capability, result, detail }: CapabilityResult,
  style: Styles,
  width: number,
): string[] {
  const indent = TITLE_WIDTH + 6
  const [first = '', ...rest] = wrapped(plain(detail), Math.max(20, width - indent))
  return [
    `  ${mark(result, style)} ${TITLES[capability].padEnd(TITLE_WIDTH)}  ${first}`,
    ...rest.map((line) => ' '.repeat(indent) + line),
  ]
}

/** `width` in columns. */
export function cardLines(card: CapabilityCard, style: Styles, width: number): string[] {
  const how = card.mode === 'relay' ? `${card.protocol}, relayed` : `converted to ${card.protocol}`
  const heading = `${card.channel} · ${plain(card.model)} · ${AGENTS[card.agent]}, ${how}`
  const spent = [
    many(card.requests, 'request'),
    `${count(card.inputTokens)} tokens in`,
    `${count(card.outputTokens)} out`,
  ].join(', ')
  const without =
    card.withoutFields.length === 0
      ? []
      : wrapped(`refused, so left out: ${card.withoutFields.map(plain).join(', ')}`, width - 4)
  return [
    style.bold(heading),
    ...card.results.flatMap((one) => resultLines(one, style, width)),
    ...without.map((line) => `    ${line}`),
    style.dim(`    ${spent}`),
  ]
}

/** The capabilities that agents miss most, by their short names. */
const SHORT: readonly (readonly [Capability, string])[] = [
  ['tools', 'tools'],
  ['parallel-tools', 'parallel'],
  ['thinking', 'thinking'],
  ['tool-images', 'images'],
  ['json-schema', 'schema'],
  ['cache', 'cache'],
]

/** `tools ✓ images ✗ …` in a few words: all, or what is missing. */
export function cardInShort({ results }: CapabilityCard): string {
  const resultFor = (capability: Capability) =>
    results.find((one) => one.capability === capability)?.result ?? 'unknown'
  const named = (wanted: string) => SHORT.filter(([one]) => resultFor(one) === wanted).map(([, name]) => name)
  const missing = named('no')
  const unknown = named('unknown')
  return [
    missing.length === 0 && unknown.length === 0 ? 'all' : '',
    missing.length === 0 ? '' : `no ${missing.join(', ')}`,
    unknown.length === 0 ? '' : `${unknown.join(', ')}?`,
  ]
    .filter((words) => words !== '')
    .join('; ')
}
