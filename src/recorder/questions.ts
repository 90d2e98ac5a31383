// Questions to the store that wait for their answer. After a restart of the worker they are asked once more.
import { HubError } from '../base/errors.js'
import type { Queries } from '../store/queries.js'
import type { ToWorker } from '../store/thread.js'
import type { Pruned, PruneQuestion } from '../store/views.js'

type Question = Extract<ToWorker, { type: 'query' | 'prune' }>

/** `resolve` is declared as a method: the thread boundary knows no types, the pair of name and answer does. */
type Waiting = {
  readonly question: Question
  tries: number
  resolve(answer: unknown): void
  reject(error: HubError): void
}

export type Questions = {
  /** Makes the question known and gives it to `post`; resolves with its answer. */
  ask<K extends keyof Queries>(name: K, ask: Queries[K]['ask']): Promise<Queries[K]['answer']>
  prune(question: PruneQuestion): Promise<Pruned>
  answered(id: number, answer: unknown): void
  refused(id: number, error: HubError): void
  /** Posts all that wait again; rejects those that a second worker died of. */
  askAgain(): void
  rejectAll(error: HubError): void
}

const MOST_TRIES = 2

export function openQuestions(post: (question: Question) => void): Questions {
  const waiting = new Map<number, Waiting>()
  let lastId = 0

  const wait = <T>(question: Question) =>
    new Promise<T>((resolve, reject) => {
      waiting.set(question.id, { question, tries: 1, resolve, reject })
      post(question)
    })

  const settle = (id: number, how: (found: Waiting) => void) => {
    const found = waiting.get(id)
    waiting.delete(id)
    if (found !== undefined) how(found)
  }

  return {
    ask(name, ask) {
      return wait({ type: 'query', id: ++lastId, name, ask })
    },
    prune: (question) => wait({ type: 'prune', id: ++lastId, question }),
    answered: (id, answer) => settle(id, (found) => found.resolve(answer)),
    refused: (id, error) => settle(id, (found) => found.reject(error)),
    askAgain() {
      for (const [id, found] of waiting) {
        if (found.tries >= MOST_TRIES) {
          settle(id, () => found.reject(new HubError('internal', 'The store failed twice on this question.')))
          continue
        }
        found.tries++
        post(found.question)
      }
    },
    rejectAll(error) {
      for (const found of waiting.values()) found.reject(error)
      waiting.clear()
    },
  }
}
