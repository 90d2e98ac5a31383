// Fuzzes the parsers, decoders, editors and the control socket (test/fuzz) for as long as is asked, and prints figures.
//   npm run fuzz -- --seconds 600 [--seed 7] [--target sse]

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const root = join(import.meta.dirname, '..')

function fail() {
  process.stderr.write('usage: npm run fuzz -- [--seconds N] [--seed N] [--target NAME]\n')
  process.exit(2)
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        target: { type: 'string' },
      },
    })
    return values
  } catch {
    return fail()
  }
}

const { seconds, seed, target } = options()
if (!/^[1-9]\d*$/.test(seconds) || !/^\d+$/.test(seed)) fail()
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const ran = spawnSync(process.execPath, [vitest, 'run', 'test/fuzz/fuzz.test.ts'], {
  cwd: root,
  env: {
    ...process.env,
    AXONHUB_FUZZ: seconds,
    AXONHUB_FUZZ_SEED: seed,
    ...(target === undefined ? {} : { AXONHUB_FUZZ_TARGET: target }),
  },
  stdio: 'inherit',
})
process.exit(ran.status ?? 1)
