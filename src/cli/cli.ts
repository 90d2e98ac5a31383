// What every command is given: the outside, the home that was chosen, the daemon of that home, and where to write.

import { type Paths, resolvePaths } from '../config/paths.js'
import type { ControlClient } from '../control/client.js'
import type { CliDeps } from './deps.js'
import type { Output } from './output.js'

export type Cli = {
  readonly deps: CliDeps
  readonly out: Output
  /** Known once the arguments are parsed. */
  paths(): Paths
  /** The daemon of this home; asked only when one of its functions is called. */
  control(): Promise<ControlClient>
  /** The exit number of the program, unless the command throws. */
  exit(code: number): void
}

/** Arguments that bring another invocation to the same home; none when it is the default one. */
export function homeArguments(cli: Cli): string[] {
  const { deps } = cli
  const { home } = cli.paths()
  return home === resolvePaths({}, deps.userHome, undefined, deps.platform).home ? [] : ['--home', home]
}
