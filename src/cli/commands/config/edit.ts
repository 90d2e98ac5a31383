// `axonhub config edit`: the user's editor, then a check; a mistake can be mended at once.

import { existsSync } from 'node:fs'
import { editConfig } from '../../../config/edit.js'
import { ensureHome } from '../../../config/paths.js'
import { formatProblem } from '../../../config/problem.js'
import type { Cli } from '../../cli.js'
import { reloadHub } from '../../config-change.js'
import { openEditor } from '../../editor.js'
import { EXIT } from '../../exit-codes.js'
import { canAsk, confirm } from '../../prompt.js'
import { findings } from './check.js'

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
    out.note('If a hub runs, it keeps its old configuration until the file is right.')
    return cli.exit(EXIT.failed)
  }
  const live = await reloadHub(cli)
  out.line(live ? 'The running hub uses it from the next request on.' : 'The configuration is fine.')
}
