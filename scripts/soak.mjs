// Two soaks. By number (2000 requests by default): the fault soak in one process (test/daemon/soak.test.ts). By time: mixed load
// of three protocols on a hub in a process of its own, memory and handles watched (test/daemon/long-soak.test.ts).
//   npm run soak -- 5000
//   npm run soak -- --minutes 60

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const [first = '2000', second = '', ...rest] = process.argv.slice(2)
const isLong = first === '--minutes'
const amount = isLong ? second : first
if (!/^[1-9]\d*$/.test(amount) || rest.length > 0 || (!isLong && second !== '')) {
  process.stderr.write('usage: npm run soak -- [how many requests | --minutes N]\n')
  process.exit(2)
}
const [file, variable] = isLong
  ? ['test/daemon/long-soak.test.ts', 'AXONHUB_SOAK_MINUTES']
  : ['test/daemon/soak.test.ts', 'AXONHUB_SOAK']
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const ran = spawnSync(process.execPath, [vitest, 'run', file], {
  cwd: root,
  env: { ...process.env, [variable]: amount },
  stdio: 'inherit',
})
process.exit(ran.status ?? 1)
