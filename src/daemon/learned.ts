// What upstreams refused of a model's requests: in memory from the start, written behind the answers' back. Law: what was
// learned of a channel is forgotten when a person tests or changes it.

import { asHubError, type HubError } from '../base/errors.js'
import type { Lesson } from '../protocol/learning/refused.js'
import type { Recorder } from '../recorder/recorder.js'

export type Lecture = {
  readonly channel: string
  readonly model: string
  readonly lesson: Lesson
  /** What the upstream said. */
  readonly reason: string
}

export type LearnedBook = {
  lessonsFor(channel: string, model: string): readonly Lesson[]
  /** Returns at once. */
  learn(lecture: Lecture): void
  /** All that was learned of a channel. Returns at once. */
  forget(channel: string): void
}

export type LearnedDeps = {
  readonly recorder: Pick<Recorder, 'query'>
  /** Ms since the epoch. */
  readonly now: () => number
  /** Told when something could not be written down; it still holds until the hub stops. */
  readonly failed: (error: HubError) => void
}

const keyOf = (channel: string, model: string) => `${channel}\n${model}`

/** Rejects with the store's HubError when it cannot be read. */
export async function openLearned({ recorder, now, failed }: LearnedDeps): Promise<LearnedBook> {
  const known = new Map<string, Lesson[]>()
  const note = (channel: string, model: string, lesson: Lesson) => {
    const before = known.get(keyOf(channel, model)) ?? []
    if (!before.includes(lesson)) known.set(keyOf(channel, model), [...before, lesson])
  }
  for (const { channel, model, parameter } of await recorder.query('list-learned', {}))
    note(channel, model, parameter)
  const written = (done: Promise<unknown>) => {
    done.catch((thrown: unknown) => failed(asHubError(thrown)))
  }
  return {
    lessonsFor: (channel, model) => known.get(keyOf(channel, model)) ?? [],
    learn({ channel, model, lesson, reason }) {
      note(channel, model, lesson)
      written(recorder.query('learn', { channel, model, parameter: lesson, reason, learnedAt: now() }))
    },
    forget(channel) {
      const gone = [...known.keys()].filter((key) => key.startsWith(`${channel}\n`))
      for (const key of gone) known.delete(key)
      if (gone.length > 0) written(recorder.query('forget-learned', { channel }))
    },
  }
}
