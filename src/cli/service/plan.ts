// What the hub as a service is on each system: one file, the calls that switch it on and off, and how to look at it.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { HubError } from '../../base/errors.js'
import { packageFile } from '../../base/package-file.js'
import { resolvePaths } from '../../config/paths.js'
import type { Cli } from '../cli.js'
import { launchdPlan } from './launchd.js'
import { systemdPlan } from './systemd.js'
import type { ToolCall } from './tool.js'
import { windowsPlan } from './windows.js'

export type ServicePlan = {
  readonly kind: 'systemd' | 'launchd' | 'windows'
  /** As the system calls it. */
  readonly name: string
  /** Absolute. */
  readonly file: string
  readonly text: string
  readonly encoding: 'utf8' | 'utf16le'
  /** Whether the system's manager answers for this user. */
  readonly probe: ToolCall
  readonly enable: readonly ToolCall[]
  readonly disable: readonly ToolCall[]
  /** After the file is gone. */
  readonly forget: readonly ToolCall[]
  readonly look: ToolCall
}

export type ServiceFacts = {
  readonly home: string
  /** `''` for the default home; else what tells two homes apart. */
  readonly suffix: string
  readonly userHome: string
  readonly user: string
  readonly uid: number
  readonly env: Readonly<Record<string, string | undefined>>
  /** The program and its arguments, all paths absolute. */
  readonly command: readonly string[]
  readonly logFolder: string
  template(name: string): string
}

/** A template of the package. */
function template(name: string): string {
  return readFileSync(packageFile(`templates/service/${name}`), 'utf8')
}

/** Two homes are two services. */
function suffixOf(cli: Cli): string {
  const { home } = cli.paths()
  const usual = resolvePaths({}, cli.deps.userHome, undefined, cli.deps.platform).home
  return home === usual ? '' : `-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`
}

/** A container may run under an id that the system has no name for. */
function ownName(): { readonly username: string; readonly uid: number } {
  try {
    return userInfo()
  } catch {
    const uid = process.getuid?.() ?? -1
    return { username: String(uid), uid }
  }
}

function factsOf(cli: Cli): ServiceFacts {
  const { deps } = cli
  const { home, logFolder } = cli.paths()
  const { username, uid } = ownName()
  return {
    home,
    suffix: suffixOf(cli),
    userHome: deps.userHome,
    user: username,
    uid,
    env: deps.env,
    command: [deps.self.command, ...deps.self.args, 'serve', '--background', '--in-turn', '--home', home],
    logFolder,
    template,
  }
}

/** Touches nothing. Throws HubError `unsupported` on a system of which nothing is known. */
export function servicePlan(cli: Cli): ServicePlan {
  const facts = factsOf(cli)
  switch (cli.deps.platform) {
    case 'linux':
      return systemdPlan(facts)
    case 'darwin':
      return launchdPlan(facts)
    case 'win32':
      return windowsPlan(facts, join(facts.home, 'service.xml'))
    default:
      throw new HubError('unsupported', `How services are kept on ${cli.deps.platform} is not known.`, {
        hint: 'Let your system start "axonhub serve --background" at login.',
      })
  }
}
