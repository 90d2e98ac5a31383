// The hub under attack, and what an attack says of it. Law: no attack may become a request that a provider could be paid for.

import type { StatusReply } from '../../../control/api.js'
import type { Subject } from '../subject.js'

export type Verdict = {
  readonly result: 'held' | 'broken' | 'skipped'
  /** What was seen, in a few words. */
  readonly saw: string
}

export type Target = {
  readonly subject: Subject
  readonly hub: StatusReply
  /** A key that the hub knows; undefined when there is none. */
  readonly key: string | undefined
  /** Texts that may stand nowhere: the hub's own keys and those of its channels. */
  readonly secrets: readonly string[]
}

export type Attack = {
  /** `group.name`, stable. */
  readonly id: string
  readonly what: string
  /** What a broken one means for the user. */
  readonly means: string
  /** `waits`: for half a minute; `measures`: needs a machine that is not busy. Both are left out of a quick round. */
  readonly pace?: 'waits' | 'measures'
  run(target: Target): Promise<Verdict>
}

export function held(saw: string): Verdict {
  return { result: 'held', saw }
}

export function broken(saw: string): Verdict {
  return { result: 'broken', saw }
}

export function skippedAttack(saw: string): Verdict {
  return { result: 'skipped', saw }
}
