// docs/reliability.md promises a test for each row; this one holds it to that.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'docs/reliability.md'), 'utf8')
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && / \|$/.test(line) && line.includes('`test/'))
  .map((line) => line.slice(2, -2).split(' | '))

describe('the page about reliability', () => {
  it('says of each row what happens, what the user sees, and which test shows it', () => {
    expect(rows.length).toBeGreaterThan(35)
    expect(rows.filter((row) => row.length !== 3)).toEqual([])
  })

  it.each(rows.map(([what = '', , proof = '']) => ({ what, proof })))(
    'cites tests that are there for: $what',
    ({ proof }) => {
      const cited = [...proof.matchAll(/`(test\/[^`]+)` "((?:[^"\\]|\\.)+)"/g)]
      expect(cited.length).toBeGreaterThan(0)
      const missing = cited.filter(([, file = '', title = '']) => {
        const path = join(root, file)
        return !existsSync(path) || !readFileSync(path, 'utf8').includes(title.replaceAll('\\"', '"'))
      })
      expect(missing.map(([words]) => words)).toEqual([])
    },
  )
})
