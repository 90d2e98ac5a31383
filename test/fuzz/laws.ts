// The words in which a broken law is told.
import { HubError } from '../../src/base/errors.js'

export class Broken extends Error {
  override readonly name = 'Broken'
}

export function must(holds: boolean, law: string): asserts holds {
  if (!holds) throw new Broken(law)
}

/** What the work gives; undefined when it is refused in words of our own. Everything else thrown goes on. */
export function orRefused<T>(work: () => T, codes?: readonly string[]): T | undefined {
  try {
    return work()
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown
    if (codes !== undefined && !codes.includes(thrown.code)) throw thrown
    return undefined
  }
}
