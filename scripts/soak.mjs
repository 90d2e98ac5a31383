// The fault soak at full length (test/daemon/soak.test.ts): how many requests may be given, 2000 by default.
//   npm run soak -- 5000

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const requests = process.argv[2] ?? '2000'
if (!/^[1-9]\d*$/.test(requests)) {
  process.stderr.write('usage: npm run soak -- [how many requests]\n')
  process.exit(2)
}
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const ran = spawnSync(process.execPath, [vitest, 'run', 'test/daemon/soak.test.ts'], {
  cwd: root,
  env: { ...process.env, AXONHUB_SOAK: requests },
  stdio: 'inherit',
})
process.exit(ran.status ?? 1)
