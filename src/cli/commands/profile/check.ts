// `axonhub profile check`: for each name that the agents ask for by themselves, who answers it under a profile.

import { KNOWN_MODELS as CLAUDE_MODELS } from '../../../agents/claude-code/known-models.js'
import { KNOWN_MODELS as CODEX_MODELS } from '../../../agents/codex/known-models.js'
import { resolveChannels } from '../../../config/channels.js'
import type { Cli } from '../../cli.js'
import { readConfig } from '../../config-change.js'
import { EXIT } from '../../exit-codes.js'
import { type Answered, answers, profileNamed } from '../../profiles.js'
import { table } from '../../table.js'

type Asked = {
  readonly agent: 'codex' | 'claude'
  readonly title: string
  readonly protocol: 'openai-responses' | 'anthropic-messages'
  readonly models: readonly { readonly id: string; readonly use: string }[]
}

const ASKED: readonly Asked[] = [
  {
    agent: 'codex',
    title: 'Codex CLI',
    protocol: 'openai-responses',
    models: Object.entries(CODEX_MODELS).map(([id, { displayName }]) => ({ id, use: displayName })),
  },
  { agent: 'claude', title: 'Claude Code', protocol: 'anthropic-messages', models: CLAUDE_MODELS },
]

function asJson(answered: Answered): object {
  const { model, rule, target } = answered
  return {
    model,
    mapping: rule === undefined ? null : rule + 1,
    answeredBy:
      target === undefined ? null : { model: target.model, channel: target.channel, mode: target.mode },
  }
}

function rowOf({ model, rule, target }: Answered, use: string): string[] {
  const by = target === undefined ? 'nobody' : `${target.model} on ${target.channel}`
  return [
    target === undefined ? '✗' : '✓',
    model,
    by,
    rule === undefined ? 'unmapped' : `mapping ${rule + 1}`,
    use,
  ]
}

const COLUMNS = [
  { title: '' },
  { title: 'asked for' },
  { title: 'answered by' },
  { title: 'why' },
  { title: 'used as', flexible: true },
]

export function checkProfile(cli: Cli, name: string | undefined, json: boolean): void {
  const { out } = cli
  const { config, presets } = readConfig(cli)
  const { name: profileName, profile } = profileNamed(config, name)
  const channels = resolveChannels(config, presets)
  const checked = ASKED.map((asked) => ({
    asked,
    found: answers(
      profile,
      channels,
      asked.protocol,
      asked.models.map(({ id }) => id),
    ),
  }))
  const unanswered = checked.flatMap(({ found }) => found.filter(({ target }) => target === undefined))
  if (unanswered.length > 0) cli.exit(EXIT.failed)
  if (json) {
    out.json({
      profile: profileName,
      agents: Object.fromEntries(checked.map(({ asked, found }) => [asked.agent, found.map(asJson)])),
    })
    return
  }
  for (const { asked, found } of checked) {
    out.line(out.style.bold(asked.title))
    const rows = found.map((answered, index) => rowOf(answered, asked.models[index]?.use ?? ''))
    for (const line of table(COLUMNS, rows, out.width)) out.line(line)
    out.line()
  }
  if (unanswered.length === 0) {
    out.line(`The profile "${profileName}" answers every name.`)
    return
  }
  out.line(`Nobody answers ${unanswered.length} of these names under "${profileName}".`)
  out.line('Map them (a last mapping from "*" catches the rest), or add a channel that serves them.')
}
