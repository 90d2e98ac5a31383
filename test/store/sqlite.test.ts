import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { fitRelease } from '../../src/store/sqlite.js'

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

describe('of the two releases of the library', () => {
  const chosen = (node: string, napi: string, newer: string | undefined) =>
    fitRelease(
      { node, napi },
      () => newer,
      () => 'older',
    )

  it.each([
    ['24.21.0', '10', '13', '13'],
    ['24.18.0', '10', undefined, 'older'],
    ['22.22.0', '10', '13', '13'],
    ['22.22.0', '10', undefined, 'older'],
    ['20.19.0', '9', '13', 'older'],
  ])('Node %s with Node-API %s, where the newer one gives %s, takes %s', (node, napi, newer, taken) => {
    expect(chosen(node, napi, newer)).toBe(taken)
  })

  it.each(['24.19.0', '24.21.0', '26.0.0'])('none is taken for Node %s where the newer one fails', (node) => {
    expect(() => chosen(node, '10', undefined)).toThrow(`For Node ${node} on this system`)
  })

  it('says what to do where none is safe', () => {
    expect(() => chosen('24.21.0', '10', undefined)).toThrow(
      expect.objectContaining({
        code: 'internal',
        detail: { hint: expect.stringMatching(/Node 22.*node-gyp rebuild/) },
      }),
    )
  })
})
