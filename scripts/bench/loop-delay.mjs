// Preloaded into a proxy: writes how late its event loop was, in ms, to a file whenever it is asked by a signal.

import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

const RESOLUTION_MS = 5
const file = process.env['AXONHUB_BENCH_LOOP']

if (isMainThread && file !== undefined) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  process.on('SIGUSR2', () => {
    const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
    writeFileSync(
      `${file}.${process.pid}`,
      JSON.stringify({
        p50: late(delays.percentile(50)),
        p99: late(delays.percentile(99)),
        most: late(delays.max),
      }),
    )
    delays.reset()
  })
}
