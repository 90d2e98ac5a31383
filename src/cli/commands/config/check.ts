// `axonhub config check`: every mistake of the file and of the environment, with its place.

import { checkConfig } from '../../../config/check.js'
import { readConfigText } from '../../../config/load.js'
import { environmentOverrides } from '../../../config/overrides.js'
import { loadPresets } from '../../../config/presets.js'
import { formatProblem, type Problem } from '../../../config/problem.js'
import type { Cli } from '../../cli.js'
import { EXIT } from '../../exit-codes.js'
import { many } from '../../words.js'

export type Findings = {
  readonly exists: boolean
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

export function findings(cli: Cli): Findings {
  const { config: path } = cli.paths()
  const { text, exists } = readConfigText(path)
  const environment = environmentOverrides(cli.deps.env)
  const checked = checkConfig(text, path, loadPresets(), environment.overrides)
  return {
    exists,
    problems: [...checked.problems, ...environment.problems],
    warnings: [...checked.warnings, ...environment.warnings],
  }
}

export function checkFile(cli: Cli, json: boolean): void {
  const { out } = cli
  const { exists, problems, warnings } = findings(cli)
  if (problems.length > 0) cli.exit(EXIT.failed)
  if (json) {
    out.json({ ok: problems.length === 0, path: cli.paths().config, problems, warnings })
    return
  }
  for (const problem of problems) out.line(`${out.style.bad('error')} ${formatProblem(problem)}`)
  for (const warning of warnings) out.line(`${out.style.warn('warning')} ${formatProblem(warning)}`)
  const verdict = exists
    ? `${cli.paths().config} is fine.`
    : `There is no ${cli.paths().config} yet: the defaults are in force.`
  out.line(
    problems.length === 0
      ? verdict
      : `${many(problems.length, 'mistake')}. If a hub runs, it keeps its old configuration.`,
  )
}
