// What recording costs: the store's own figures, each with its goal, for `npm run bench -- --only store` and for store.mjs.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

/** The figures of the sections, one after the other, as they come; `met` is missing where there is no goal. */
export async function* storeFigures({ sections = Object.keys(SECTIONS), quick = false }) {
  for (const name of sections) {
    const folder = mkdtempSync(join(tmpdir(), 'axonhub-store-bench-'))
    try {
      yield* SECTIONS[name]({ folder, quick })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

export const STORE_HEAD = `${'what'.padEnd(64)}${'figure'.padStart(14)}   goal`

export function figureLine({ what, figure, goal, met }) {
  const mark = met === undefined ? '' : met ? '  ok' : '  MISSED'
  return `${what.padEnd(64)}${figure.padStart(14)}   ${goal ?? ''}${mark}`
}
