// `axonhub explain`: where a request for a model would go, and why. Nothing is sent.

import { type Command, Option } from 'commander'
import type { ExplainReply, ExplainRequest } from '../../control/api.js'
import { explain } from '../agent-setup.js'
import type { Cli } from '../cli.js'
import { EXIT } from '../exit-codes.js'
import { examples } from '../help.js'
import { plain } from '../table.js'

type Options = {
  readonly key?: string
  readonly agent?: 'codex' | 'claude' | 'other'
  readonly json?: boolean
}

function show(cli: Cli, reply: ExplainReply): void {
  const { out } = cli
  const [first, ...others] = reply.targets
  if (first === undefined)
    out.line(`${out.style.bad('✗')} ${plain(reply.model)}: ${plain(reply.error ?? 'nobody answers')}`)
  else {
    out.line(
      `${out.style.good('✓')} ${out.style.bold(plain(reply.model))} is answered by ${out.style.bold(plain(first.model))} on ${out.style.bold(first.channel)}`,
    )
    out.line(
      first.mode === 'relay'
        ? `  relayed as it comes (${first.protocol})`
        : `  converted to ${first.protocol}`,
    )
    for (const { channel, model } of others) out.line(`  if that fails: ${plain(model)} on ${channel}`)
  }
  out.line()
  out.line('Decisions:')
  for (const [index, reason] of reply.reasons.entries()) out.line(`  ${index + 1}. ${plain(reason)}`)
}

export function configure(command: Command, cli: Cli): void {
  command
    .argument('<model>', 'the name that the agent asks for')
    .option('-k, --key <name>', 'with the profile of this key')
    .addOption(new Option('-a, --agent <agent>', 'as this agent asks').choices(['codex', 'claude', 'other']))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['axonhub explain gpt-5', 'with the active profile'],
        ['axonhub explain claude-opus-5-5 --agent claude --key claude', 'as Claude Code asks'],
      ),
    )
    .action(async (model: string, options: Options) => {
      const request: ExplainRequest = {
        model,
        ...(options.key === undefined ? {} : { key: options.key }),
        ...(options.agent === undefined
          ? {}
          : { agent: options.agent === 'claude' ? 'claude-code' : options.agent }),
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
