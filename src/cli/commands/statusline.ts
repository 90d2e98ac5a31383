// `axonhub statusline`: one line for Claude Code's statusLine setting. Law: it is there within milliseconds and never fails
// its caller, whatever comes in and whether or not a hub runs.

import type { Command } from 'commander'
import { isObject, type JsonObject, parseJson, text } from '../../base/json.js'
import { askRoute } from '../../control/route-question.js'
import { hasPictures } from '../battery.js'
import type { Cli } from '../cli.js'
import { examples } from '../help.js'
import { statusLine } from '../status-line.js'

/** A hub that hangs must not hold the line; one that works answers within a few ms. */
const PATIENCE_MS = 150

async function told({ deps }: Cli): Promise<JsonObject> {
  if (deps.stdin.isTTY === true) return {}
  const pieces: Buffer[] = []
  for await (const piece of deps.stdin) pieces.push(Buffer.from(piece))
  const value = parseJson(Buffer.concat(pieces).toString('utf8'))
  return isObject(value) ? value : {}
}

export function configure(command: Command, cli: Cli): void {
  const { deps, out } = cli
  command
    .addHelpText(
      'after',
      examples([
        '"statusLine": { "type": "command", "command": "axonhub statusline" }',
        "in Claude Code's settings.json",
      ]),
    )
    .action(async () => {
      const session = await told(cli).catch((): JsonObject => ({}))
      const id = text(session, 'session_id')
      const route =
        id === undefined
          ? undefined
          : await askRoute(cli.paths().socket, id, PATIENCE_MS).catch(() => undefined)
      out.line(statusLine(session, route, hasPictures(deps.env, deps.platform)))
    })
}
