// The program itself: Node, the package, and whether the hub that runs is of this version.

import { existsSync } from 'node:fs'
import { type Finding, note, pass, problem, warning } from './finding.js'
import { runningHub, type Subject } from './subject.js'

const OLDEST = [20, 19] as const
/** Prices and models change by the month; after this the package is likely to be behind. */
const STALE_DAYS = 120
const DAY_MS = 86_400_000

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const words = `Node ${process.versions.node}`
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]))
    return pass('installation.node', words)
  return problem('installation.node', `${words} is too old`, {
    why: `axonhub needs ${OLDEST.join('.')} or newer.`,
    fix: 'Install a newer Node, then "axonhub restart".',
  })
}

function programFiles({ cli }: Subject): Finding {
  const missing = [cli.deps.self.command, ...cli.deps.self.args].filter((path) => !existsSync(path))
  if (missing.length === 0) return pass('installation.files', `axonhub ${cli.deps.version}`)
  return problem('installation.files', `${missing.join(', ')} is no longer there`, {
    why: 'Agents and the service start the hub by this path.',
    fix: 'npm install -g axonhub',
  })
}

function sameVersion(subject: Subject): Finding[] {
  const hub = runningHub(subject)
  const { version } = subject.cli.deps
  if (hub === undefined || hub.version === version) return []
  return [
    warning('installation.version', `the hub that runs is ${hub.version}, this program is ${version}`, {
      why: 'What was mended or added since is not in use, and the two may not understand each other.',
      fix: 'axonhub restart',
    }),
  ]
}

async function freshPrices({ cli }: Subject): Promise<Finding> {
  const { source, date } = await cli.deps.probes.prices()
  const days = Math.floor((cli.deps.clock.now() - Date.parse(date)) / DAY_MS)
  if (days <= STALE_DAYS) return pass('installation.catalogue', `models and prices of ${date}`)
  return note('installation.catalogue', `models and prices are ${days} days old (${source}, ${date})`, {
    why: 'Newer models have no window and no price yet; everything else works.',
    fix: 'npm install -g axonhub@latest',
  })
}

export async function checkInstallation(subject: Subject): Promise<Finding[]> {
  return [nodeVersion(), programFiles(subject), ...sameVersion(subject), await freshPrices(subject)]
}
