// `axonhub statusline`: one line for Claude Code's statusLine setting. Without further words it is main-statusline.ts that
// answers; this is for `--home` and `--help`.

import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../help.js'
import { statuslineAnswer } from '../statusline-answer.js'

export function configure(command: Command, cli: Cli): void {
  const { deps, out } = cli
  command
    .addHelpText(
      'after',
      examples(
        [
          '"statusLine": { "type": "command", "command": "axonhub statusline" }',
          "in Claude Code's settings.json",
        ],
        ['axonhub init claude --statusline', 'write it there'],
      ),
    )
    .action(async () => {
      const { env, platform, stdin } = deps
      out.line(await statuslineAnswer({ env, platform, stdin, socket: cli.paths().socket }))
    })
}
