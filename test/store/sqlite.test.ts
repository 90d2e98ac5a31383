import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const library = join(import.meta.dirname, '..', '..', 'build', 'store', 'sqlite.js')

it('a process lives on when garbage collection takes the statements that it forgot', async () => {
  // A collection that is asked for in words has the environment whose lack was deadly: memory has to run short.
  const code = `
    import { sqlite } from ${JSON.stringify(library)}
    const database = new (sqlite())(':memory:')
    let rounds = 0
    const round = () => {
      for (let count = 0; count < 1000; count += 1) database.prepare('SELECT 1')
      const litter = []
      for (let count = 0; count < 50_000; count += 1) litter.push({ count })
      rounds += 1
      if (rounds < 15) setTimeout(round, 1)
      else process.stdout.write(String(database.prepare('SELECT 6 * 7').pluck().get()))
    }
    round()`
  const options = ['--max-semi-space-size=1', '--input-type=module', '-e', code]
  await expect(promisify(execFile)(process.execPath, options)).resolves.toMatchObject({ stdout: '42' })
})
