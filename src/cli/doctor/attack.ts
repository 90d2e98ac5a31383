// `axonhub doctor --security`: attacks the hub that runs, and says of each attack whether it held.

import { HubError } from '../../base/errors.js'
import type { Cli } from '../cli.js'
import { statusIfRunning, urlOf } from '../daemon-life.js'
import { EXIT } from '../exit-codes.js'
import { ownSecrets } from '../secrets.js'
import { plain, wrapped } from '../table.js'
import { many } from '../words.js'
import { ATTACKS } from './security/list.js'
import { type Attack, broken, type Target, type Verdict } from './security/target.js'
import { readSubject, runningHub, type Subject } from './subject.js'

export type AttackOptions = { readonly quick?: boolean; readonly json?: boolean }

type Outcome = { readonly attack: Attack; readonly verdict: Verdict }

/** Throws HubError `daemon-not-running`. */
async function targetOf(subject: Subject): Promise<Target> {
  const { cli, config } = subject
  const hub = runningHub(subject)
  if (hub === undefined) {
    throw new HubError('daemon-not-running', 'There is no running hub to attack.', {
      hint: 'Start it with "axonhub serve --detach".',
    })
  }
  const own = config.type === 'read' ? await ownSecrets(cli, config.value.config) : { keys: [], channels: [] }
  return { subject, hub, key: own.keys[0], secrets: [...own.keys, ...own.channels] }
}

async function guarded(attack: Attack, target: Target): Promise<Outcome> {
  try {
    return { attack, verdict: await attack.run(target) }
  } catch (thrown) {
    return { attack, verdict: broken(thrown instanceof Error ? thrown.message : String(thrown)) }
  }
}

/** Those that wait go beside the others; the rest one after the other, so that each meets a quiet hub. */
async function runAttacks(target: Target, quick: boolean): Promise<Outcome[]> {
  const chosen = ATTACKS.filter(({ pace }) => !quick || pace === undefined)
  const waiting = chosen.filter(({ pace }) => pace === 'waits').map((attack) => guarded(attack, target))
  const done: Outcome[] = []
  for (const attack of chosen) if (attack.pace !== 'waits') done.push(await guarded(attack, target))
  const all = [...done, ...(await Promise.all(waiting))]
  return chosen.flatMap((attack) => all.filter((outcome) => outcome.attack === attack))
}

const LIFE: Attack = {
  id: 'life',
  what: 'after all of it the same hub answers',
  means: 'A single attack ends what all agents do.',
  run: async ({ subject, hub }) => {
    const now = await statusIfRunning(subject.cli)
    if (now === undefined) return broken('it is gone')
    return now.pid === hub.pid ? { result: 'held', saw: `pid ${now.pid}` } : broken('it was started anew')
  },
}

/** Files are open because somebody opened them; whatever else breaks is the hub's own fault. */
function adviceOn(outcomes: readonly Outcome[]): string {
  const isOfFiles = outcomes.every(
    ({ attack, verdict }) => verdict.result !== 'broken' || attack.id.startsWith('files.'),
  )
  return isOfFiles
    ? '"axonhub doctor --fix" closes files that are open to others.'
    : 'Please report it: SECURITY.md of the repository says how.'
}

function show({ out }: Cli, { hub, key }: Target, outcomes: readonly Outcome[]): void {
  const signs = { held: out.style.good('✓'), broken: out.style.bad('✗'), skipped: out.style.dim('·') }
  out.line(`${out.style.bold('axonhub doctor --security')} · ${urlOf(hub)} · pid ${hub.pid}`)
  if (key === undefined)
    out.line('No key is known: "axonhub init" makes one. Attacks that need one are left out.')
  out.line()
  const room = out.width - 2
  for (const { attack, verdict } of outcomes) {
    const [first = '', ...rest] = wrapped(`${attack.what}: ${plain(verdict.saw)}`, room)
    out.line(`${signs[verdict.result]} ${first}`)
    for (const line of rest) out.line(`  ${line}`)
    if (verdict.result === 'broken')
      for (const line of wrapped(attack.means, room - 2)) out.line(`    ${line}`)
  }
  out.line()
  const count = (result: Verdict['result']) =>
    outcomes.filter(({ verdict }) => verdict.result === result).length
  const bad = count('broken')
  const summary = `${many(count('held'), 'attack')} held, ${bad} broken, ${count('skipped')} left out.${bad > 0 ? ` ${adviceOn(outcomes)}` : ''}`
  for (const line of wrapped(summary, out.width)) out.line(line)
}

/** Exit 0 when all attacks held, 1 when one did not. Throws HubError `daemon-not-running`. */
export async function attackHub(cli: Cli, { quick = false, json }: AttackOptions): Promise<void> {
  const target = await targetOf(await readSubject(cli))
  if (!quick && json !== true) cli.out.note('Attacking; some of it waits, half a minute in all.')
  const outcomes = [...(await runAttacks(target, quick)), await guarded(LIFE, target)]
  const ok = outcomes.every(({ verdict }) => verdict.result !== 'broken')
  if (!ok) cli.exit(EXIT.failed)
  if (json !== true) return show(cli, target, outcomes)
  const { pid, version } = target.hub
  cli.out.json({
    ok,
    hub: { url: urlOf(target.hub), pid, version },
    attacks: outcomes.map(({ attack: { id, what, means }, verdict: { result, saw } }) => ({
      id,
      what,
      result,
      saw,
      means,
    })),
  })
}
