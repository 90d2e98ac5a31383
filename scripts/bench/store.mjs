// What recording costs, in bytes and in time: `node scripts/bench/store.mjs [--quick] [--only NAME,NAME]`.
// Prints a table of goals and figures; ends with 1 when a goal is missed. Needs a build (`npm run build`).

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { captureCost } from './store-capture.mjs'
import { commandTimes } from './store-commands.mjs'
import { bodyDelay, retentionDelay } from './store-delay.mjs'
import { sizes } from './store-size.mjs'

const SECTIONS = {
  size: sizes,
  body: bodyDelay,
  retention: retentionDelay,
  commands: commandTimes,
  capture: captureCost,
}

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
})

const chosen = flags.only?.split(',') ?? Object.keys(SECTIONS)
let missed = 0
process.stdout.write(`${'what'.padEnd(64)}${'figure'.padStart(14)}   goal\n`)
for (const name of chosen) {
  const folder = mkdtempSync(join(tmpdir(), 'axonhub-store-bench-'))
  try {
    for await (const { what, figure, goal, met } of SECTIONS[name]({ folder, quick: flags.quick })) {
      if (met === false) missed += 1
      const mark = met === undefined ? '' : met ? '  ok' : '  MISSED'
      process.stdout.write(`${what.padEnd(64)}${figure.padStart(14)}   ${goal ?? ''}${mark}\n`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
process.exitCode = missed === 0 ? 0 : 1
