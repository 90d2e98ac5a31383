import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { packageFile } from '../../src/base/package-file.js'

const run = promisify(execFile)

/** Opens the database at an agreed moment, and says which schema it found in the end. */
const OPENER = `
import { openStore } from ${JSON.stringify(packageFile('build/store/open.js').href)}
const [, file, at] = process.argv
while (Date.now() < Number(at));
const database = openStore(file)
process.stdout.write(String(database.pragma('user_version', { simple: true })))
database.close()
`

it('several programs that open a new database at once all find it whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'axonhub-at-once-'))
  const at = String(Date.now() + 1_000)
  const opened = await Promise.all(
    Array.from({ length: 4 }, () =>
      run(process.execPath, ['--input-type=module', '--eval', OPENER, join(folder, 'axonhub.db'), at]),
    ),
  )
  const versions = new Set(opened.map(({ stdout }) => stdout))
  expect([...versions]).toEqual([expect.stringMatching(/^[1-9]\d*$/)])
  rmSync(folder, { recursive: true, force: true })
})
