// `axonhub config edit`: the user's editor, then a check; a mistake can be mended at once.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { HubError } from '../../../base/errors.js'
import { editConfig } from '../../../config/edit.js'
import { ensureHome } from '../../../config/paths.js'
import { formatProblem } from '../../../config/problem.js'
import type { Cli } from '../../cli.js'
import { reloadHub } from '../../config-change.js'
import { EXIT } from '../../exit-codes.js'
import { canAsk, confirm } from '../../prompt.js'
import { findings } from './check.js'

function editorOf({ deps }: Cli): string {
  const chosen = [deps.env['VISUAL'], deps.env['EDITOR']].find((name) => name !== undefined && name !== '')
  return chosen ?? (deps.platform === 'win32' ? 'notepad' : 'vi')
}

/** By the shell, since $EDITOR may hold arguments; the path goes as an argument of its own. */
function openEditor(cli: Cli, path: string): Promise<void> {
  const editor = editorOf(cli)
  return new Promise((resolve, reject) => {
    const child =
      cli.deps.platform === 'win32'
        ? spawn(`${editor} "${path}"`, { stdio: 'inherit', shell: true, env: { ...cli.deps.env } })
        : spawn('sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit', env: { ...cli.deps.env } })
    const failed = (cause?: unknown) =>
      reject(
        new HubError('internal', `The editor "${editor}" failed.`, { hint: 'Set VISUAL or EDITOR.', cause }),
      )
    child.once('error', failed)
    child.once('exit', (code) => (code === 0 ? resolve() : failed()))
  })
}

export async function editFile(cli: Cli): Promise<void> {
  const { out } = cli
  const { config: path } = cli.paths()
  ensureHome(cli.paths())
  // Without edits it only brings the commented template into being.
  if (!existsSync(path)) await editConfig({ path }, [])
  for (;;) {
    await openEditor(cli, path)
    const { problems, warnings } = findings(cli)
    for (const warning of warnings) out.note(`warning: ${formatProblem(warning)}`)
    if (problems.length === 0) break
    for (const problem of problems) out.note(`error: ${formatProblem(problem)}`)
    if (canAsk(cli) && (await confirm(cli, 'Edit it again?', true))) continue
    out.note('A running hub keeps its old configuration until the file is right.')
    return cli.exit(EXIT.failed)
  }
  const live = await reloadHub(cli)
  out.line(live ? 'The running hub uses it from the next request on.' : 'The configuration is fine.')
}
