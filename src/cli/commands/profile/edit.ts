// `axonhub profile edit`: one profile in the user's editor. It is checked before it is saved; one that is wrong stays in a
// file of its own, where the next edit goes on.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HubError } from '../../../base/errors.js'
import { readConfigText } from '../../../config/load.js'
import { ensureHome } from '../../../config/paths.js'
import { formatProblem, type Problem } from '../../../config/problem.js'
import { profileText, withProfile } from '../../../config/profile-text.js'
import type { Cli } from '../../cli.js'
import { changeConfig, readConfig } from '../../config-change.js'
import { openEditor } from '../../editor.js'
import { profileNamed } from '../../profiles.js'
import { canAsk, confirm } from '../../prompt.js'
import { releaseLoops } from './change.js'

/** What is wrong with the draft. */
function problemsOf(cli: Cli, name: string, file: string): readonly Problem[] {
  const { presets } = readConfig(cli)
  const { text } = readConfigText(cli.paths().config)
  const planned = withProfile({ config: text, name, draft: readFileSync(file, 'utf8'), file }, presets)
  return 'problems' in planned ? planned.problems : []
}

/** The profile as it stands, in the file to be edited, unless one with changes waits there; returns the text that stands. */
function prepare(cli: Cli, name: string, file: string): string {
  ensureHome(cli.paths())
  const standing = profileText(readConfigText(cli.paths().config).text, name)
  if (existsSync(file) && readFileSync(file, 'utf8') !== standing)
    cli.out.note(`Going on with what was not saved the last time: ${file}`)
  else writeFileSync(file, standing, { mode: 0o600 })
  return standing
}

/** An editor that did not even open leaves no draft behind. */
async function edited(cli: Cli, file: string, standing: string): Promise<void> {
  try {
    await openEditor(cli, file)
  } catch (thrown) {
    if (existsSync(file) && readFileSync(file, 'utf8') === standing) rmSync(file, { force: true })
    throw thrown
  }
}

export async function editProfile(cli: Cli, asked: string | undefined, now: boolean): Promise<void> {
  const { out } = cli
  const { name } = profileNamed(readConfig(cli).config, asked)
  const file = join(cli.paths().run, `profile-${name}.yml`)
  const standing = prepare(cli, name, file)
  for (;;) {
    await edited(cli, file, standing)
    if (readFileSync(file, 'utf8').trim() === '') {
      rmSync(file, { force: true })
      return out.line(`An empty file changes nothing: the profile "${name}" is as it was.`)
    }
    const problems = problemsOf(cli, name, file)
    if (problems.length === 0) break
    for (const problem of problems) out.note(`error: ${formatProblem(problem)}`)
    if (canAsk(cli) && (await confirm(cli, 'Edit it again?', true))) continue
    throw new HubError('refused', `The profile "${name}" was not changed.`, {
      hint: `What you wrote is kept in ${file}: "axonhub profile edit ${name}" goes on with it; delete the file to begin anew.`,
    })
  }
  const draft = readFileSync(file, 'utf8')
  const { changed, live } = await changeConfig(cli, [{ type: 'rewrite-profile', name, draft }])
  rmSync(file, { force: true })
  if (!changed) return out.line(`The profile "${name}" is as it was.`)
  if (now && live) await releaseLoops(cli, undefined)
  out.line(`Changed the profile "${name}"${live ? (now ? ', at once' : ', from the next turn on') : ''}.`)
}
