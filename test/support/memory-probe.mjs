// Preloaded into a hub (NODE_OPTIONS), into each of its threads: writes what the thread holds to a file of its own, so that
// a soak can say where memory goes. Law: it changes nothing, and a thread ends as if it were not there.

import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'

const EVERY_MS = 1000
const folder = process.env.AXONHUB_MEMORY_PROBE

if (folder !== undefined) {
  const file = join(folder, `${process.pid}.${threadId}`)
  const timer = setInterval(() => {
    const { heapTotal, heapUsed, external, arrayBuffers } = process.memoryUsage()
    // Whole or not at all for who reads it meanwhile.
    writeFileSync(`${file}.new`, JSON.stringify({ heapTotal, heapUsed, external, arrayBuffers }))
    renameSync(`${file}.new`, `${file}.json`)
  }, EVERY_MS)
  timer.unref()
}
