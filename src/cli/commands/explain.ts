// `axonhub explain`: where a request for a model would go, and why. Nothing is sent.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { AGENT_WORDS, type AgentWord, agentNamed } from '../../base/agent-name.js'
import type { ExplainReply, ExplainRequest } from '../../control/api.js'
import { explain } from '../agent-setup.js'
import type { Cli } from '../cli.js'
import { EXIT } from '../exit-codes.js'
import { examples } from '../help.js'
import { plain, wrapped } from '../table.js'

type Options = {
  readonly key?: string
  readonly agent?: AgentWord
  readonly tokens?: number
  readonly images?: boolean
  readonly thinking?: boolean
  readonly background?: boolean
  readonly subagent?: boolean
  readonly webSearch?: boolean
  readonly json?: boolean
}

function modelName(value: string): string {
  if (value.trim() !== '') return value
  throw new InvalidArgumentError('It must be the name of a model, for example gpt-5.')
}

function tokens(value: string): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (Number.isSafeInteger(number)) return number
  throw new InvalidArgumentError('It must be a whole number, for example 60000.')
}

function seat({ channel, key }: ExplainReply['targets'][number]): string {
  return key === null ? channel : `${channel} with key ${key}`
}

function show(cli: Cli, reply: ExplainReply): void {
  const { out } = cli
  const [first, ...others] = reply.targets
  if (first === undefined)
    out.line(`${out.style.bad('✗')} ${plain(reply.model)}: ${plain(reply.error ?? 'nobody answers')}`)
  else {
    out.line(
      `${out.style.good('✓')} ${out.style.bold(plain(reply.model))} is answered by ${out.style.bold(plain(first.model))} on ${out.style.bold(seat(first))}`,
    )
    out.line(
      first.mode === 'relay'
        ? `  relayed as it comes (${first.protocol})`
        : `  converted to ${first.protocol}`,
    )
    for (const other of others) out.line(`  if that fails: ${plain(other.model)} on ${seat(other)}`)
  }
  out.line()
  out.line('Decisions:')
  for (const [index, reason] of reply.reasons.entries()) showReason(cli, index + 1, plain(reason))
}

/** Behind its number on a terminal; scripts get each reason on one line. */
function showReason({ deps, out }: Cli, number: number, reason: string): void {
  const head = `  ${number}. `
  const room = deps.stdout.isTTY === true ? out.width - head.length : Number.POSITIVE_INFINITY
  for (const [index, line] of wrapped(reason, room).entries())
    out.line(`${index === 0 ? head : ' '.repeat(head.length)}${line}`)
}

export function configure(command: Command, cli: Cli): void {
  command
    .argument('<model>', 'the name that the agent asks for', modelName)
    .option('-k, --key <name>', 'with the profile of this key')
    .addOption(new Option('-a, --agent <agent>', 'as this agent asks').choices(AGENT_WORDS))
    .option('-t, --tokens <number>', 'as if the input had so many tokens', tokens)
    .option('--images', 'as if it held images')
    .option('--thinking', 'as if the model were to think')
    .option('--background', 'as if it were a side call: a title, a check')
    .option('--subagent', 'as if a subagent asked')
    .option('--web-search', 'as if it offered the search of the web')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['axonhub explain gpt-5', 'with the active profile'],
        ['axonhub explain gpt-5 --tokens 90000 --images', 'for the conditions of mappings'],
        ['axonhub explain claude-opus-5-5 --agent claude --key claude', 'as Claude Code asks'],
      ),
    )
    .action(async (model: string, options: Options) => {
      const { key, images, thinking, background, subagent, webSearch } = options
      const assumed = { key, tokens: options.tokens, images, thinking, background, subagent, webSearch }
      const request: ExplainRequest = {
        model,
        ...assumed,
        agent: options.agent === undefined ? undefined : agentNamed(options.agent),
      }
      if (options.key !== undefined) {
        const { requireKey } = await import('../config-change.js')
        requireKey(cli, options.key)
      }
      const reply = await explain(cli, request)
      if (reply.targets.length === 0) cli.exit(EXIT.failed)
      if (options.json === true) cli.out.json(reply)
      else show(cli, reply)
    })
}
