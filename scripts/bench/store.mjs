// What recording costs, in bytes and in time: `node scripts/bench/store.mjs [--quick] [--only NAME,NAME]`.
// Prints a table of goals and figures; ends with 1 when a goal is missed. Needs a build (`npm run build`).

import { parseArgs } from 'node:util'
import { figureLine, STORE_HEAD, storeFigures } from './store-figures.mjs'

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
})

let missed = 0
process.stdout.write(`${STORE_HEAD}\n`)
for await (const row of storeFigures({ sections: flags.only?.split(','), quick: flags.quick })) {
  if (row.met === false) missed += 1
  process.stdout.write(`${figureLine(row)}\n`)
}
process.exitCode = missed === 0 ? 0 : 1
