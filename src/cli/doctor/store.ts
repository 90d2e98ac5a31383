// What was recorded: the database, and the log.

import { stat } from 'node:fs/promises'
import { asHubError } from '../../base/errors.js'
import { bytes } from '../words.js'
import { type Finding, note, pass, problem, skipped, warning } from './finding.js'
import { setAside } from './set-aside.js'
import { runningHub, type Subject } from './subject.js'

/** The hub begins a new file at 5 MB; one that is much larger is not its own doing. */
const LARGE_LOG = 20 * 1024 ** 2

function unusable(subject: Subject): string {
  return runningHub(subject) === undefined
    ? 'The hub does not start with it.'
    : 'Requests are answered, and not recorded.'
}

function isFailing(subject: Subject): boolean {
  return runningHub(subject)?.recorder.state === 'failing'
}

async function database(subject: Subject): Promise<Finding> {
  const { cli, paths } = subject
  try {
    const { bytes: size, wholly, broken, opens } = await cli.deps.probes.checkDatabase(paths.database)
    if (broken.length === 0)
      return pass('database.sound', `${bytes(size)}, ${wholly ? 'sound' : 'opens (too large to read whole)'}`)
    // What still opens may be worth more where it is: its owner decides.
    if (opens && !isFailing(subject))
      return problem('database.sound', `it is damaged: ${broken[0] ?? ''}`, {
        why: 'What was recorded may be lost in part, and recording may fail.',
        fix: `axonhub stop && mv ${paths.database} ${paths.database}.damaged && axonhub serve --detach`,
      })
    return {
      ...problem('database.sound', broken[0] ?? 'it is damaged', {
        why: `${unusable(subject)} Set aside it is out of the way, whole, for "sqlite3 FILE .recover".`,
        fix: 'axonhub doctor --fix',
      }),
      mend: async () => `${paths.database} is now ${await setAside(paths.database, cli.deps.clock.now())}`,
    }
  } catch (thrown) {
    const error = asHubError(thrown)
    if (error.code === 'not-found') return skipped('database.sound', 'nothing was recorded yet')
    return problem('database.sound', error.message, {
      why: unusable(subject),
      fix: error.detail.hint ?? 'axonhub logs',
    })
  }
}

function recording(subject: Subject): Finding[] {
  const recorder = runningHub(subject)?.recorder
  if (recorder === undefined) return []
  if (recorder.state === 'failing') {
    return [
      problem('database.recording', `recording fails: ${recorder.error ?? 'unknown'}`, {
        why: 'Traces and figures of what happens now are missing.',
        fix: 'axonhub logs',
      }),
    ]
  }
  if (recorder.droppedBodies === 0) return [pass('database.recording', 'recording works')]
  return [note('database.recording', `${recorder.droppedBodies} bodies were left out under pressure`)]
}

async function log({ paths }: Subject): Promise<Finding[]> {
  const found = await stat(paths.log).catch(() => undefined)
  if (found === undefined) return []
  if (found.size <= LARGE_LOG) return [pass('log.size', bytes(found.size))]
  return [
    warning('log.size', `the log has ${bytes(found.size)}`, {
      why: 'It should begin anew at 5 MB; something else writes into it, or the disk refuses.',
      fix: 'axonhub restart',
    }),
  ]
}

export async function checkStore(subject: Subject): Promise<Finding[]> {
  return [await database(subject), ...recording(subject), ...(await log(subject))]
}
