// Which blocks of our own sources have run, as V8 counts them: an input that reaches a new one is worth keeping.
import { Session } from 'node:inspector/promises'

export type Coverage = {
  /** How many blocks ran for the first time since the last question. */
  fresh(): Promise<number>
  /** How many blocks have run in all. */
  total(): number
  close(): Promise<void>
}

const OURS = /\/src\/(protocol|edit|config|base|daemon|control)\//

/** Starts to count in this process; other code that runs meanwhile is counted as well. */
export async function openCoverage(): Promise<Coverage> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const seen = new Set<string>()
  return {
    async fresh() {
      const { result } = await session.post('Profiler.takePreciseCoverage')
      const before = seen.size
      for (const script of result) {
        if (!OURS.test(script.url)) continue
        for (const { ranges } of script.functions)
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0)
              seen.add(`${script.scriptId}:${startOffset}:${endOffset}:${count > 15 ? 'many' : ''}`)
      }
      return seen.size - before
    },
    total: () => seen.size,
    async close() {
      await session.post('Profiler.stopPreciseCoverage')
      session.disconnect()
    },
  }
}
