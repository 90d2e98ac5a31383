// A daemon that ends by a fault of its own says so in its log.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('writes its last words before it is gone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ahub-'))
  const file = join(folder, 'axonhub.log')
  const module = new URL('../../build/daemon/crash-log.js', import.meta.url).href
  const program = `import { logCrashes } from '${module}'
    logCrashes('${file}', () => 0)
    setTimeout(() => { throw new Error('a fault of mine') }, 1)`
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', program])
  expect(status).not.toBe(0)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    event: 'hub.crashed',
    message: 'a fault of mine',
  })
  rmSync(folder, { recursive: true, force: true })
})
