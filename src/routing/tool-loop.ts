// Under which rules each conversation runs: (state, event) → state, bounded. A switch of the profile waits for the next
// turn of the user: a model that gets the results of another one's calls loses the thread, and its sealed thoughts.

import {
  keeping,
  nothingRemembered,
  type Remembered,
  recall,
  recallFresh,
  remembering,
} from './remembered.js'

/** One line of a conversation: the trace and, for a subagent, its id. */
export type Lane = { readonly trace: string; readonly subagent?: string | undefined }

/** The rules of a profile; `fingerprint` is the same when nothing in them differs. */
export type Rules = { readonly name: string | undefined; readonly fingerprint: string }

type Kept<R> = { readonly key: string; readonly rules: R }

export type ToolLoops<R extends Rules> = Remembered<Kept<R>>

export type ToolLoopEvent<R extends Rules> =
  /** A request of the lane, shown with this key, was answered under these rules. */
  | { readonly type: 'answered'; readonly lane: Lane; readonly key: string; readonly rules: R }
  /** Nobody answered: what did not work is not worth keeping. */
  | { readonly type: 'failed'; readonly lane: Lane }
  /** The user wants the switch now: for one key, or for all. */
  | { readonly type: 'released'; readonly key?: string | undefined }

export type ToolLoopQuestion<R extends Rules> = {
  /** Undefined: a request beside the conversation, which nothing holds back. */
  readonly lane: Lane | undefined
  readonly key: string
  /** The rules that are in force for a new turn. */
  readonly current: R
  /** Whether the profile of this name is still there. */
  readonly exists: (name: string) => boolean
  /** Does the newest turn bring results of tools? Asked only when the rules differ. */
  readonly continues: () => boolean
}

/** Remembers at most `bound` lanes. */
export function noToolLoops<R extends Rules>(bound = 2000): ToolLoops<R> {
  return nothingRemembered(bound)
}

/** The rules for a request, and why they are not those in force. */
export function rulesFor<R extends Rules>(
  state: ToolLoops<R>,
  question: ToolLoopQuestion<R>,
): { readonly rules: R; readonly reason?: string } {
  const { lane, key, current, exists, continues } = question
  const kept = lane === undefined ? undefined : recall(state, nameOf(lane))
  if (kept === undefined || kept.key !== key || isSame(kept.rules, current)) return { rules: current }
  const { name } = kept.rules
  if ((name !== undefined && !exists(name)) || !continues()) return { rules: current }
  const before = name === undefined ? 'no profile' : `profile ${name}`
  const change =
    name === current.name ? 'as it was before its change' : `and not ${current.name ?? 'without a profile'}`
  return {
    rules: kept.rules,
    reason: `${before}: kept, ${change}, because this request is inside a tool loop that began under it`,
  }
}

export function nextToolLoops<R extends Rules>(state: ToolLoops<R>, event: ToolLoopEvent<R>): ToolLoops<R> {
  switch (event.type) {
    case 'answered': {
      const { lane, key, rules } = event
      const name = nameOf(lane)
      const before = recallFresh(state, name)
      if (before !== undefined && before.key === key && isSame(before.rules, rules)) return state
      return remembering(state, name, { key, rules })
    }
    case 'failed': {
      const name = nameOf(event.lane)
      return recall(state, name) === undefined ? state : keeping(state, (lane) => lane !== name)
    }
    case 'released':
      return keeping(state, (_lane, { key }) => event.key !== undefined && key !== event.key)
  }
}

function isSame(one: Rules, other: Rules): boolean {
  return one.name === other.name && one.fingerprint === other.fingerprint
}

/** Ids hold no line ends: they came in headers or as ids of agents. */
function nameOf({ trace, subagent }: Lane): string {
  return subagent === undefined ? trace : `${trace}\n${subagent}`
}
