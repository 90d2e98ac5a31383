// SECURITY.md promises a test for each row; this one holds it to that.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'SECURITY.md'), 'utf8')
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| who |') && !line.startsWith('| --- '))
  .map((line) => line.split(' | '))

describe('the threat model', () => {
  it('says of each row who, what, what stops them, and which test proves it', () => {
    expect(rows.length).toBeGreaterThan(10)
    expect(rows.filter((row) => row.length !== 4)).toEqual([])
  })

  it.each(rows.map(([who = '', , , proof = '']) => ({ who: who.replace('| ', ''), proof })))(
    'cites tests that are there for: $who',
    ({ proof }) => {
      const cited = [...proof.matchAll(/`(test\/[^`]+)` "([^"]+)"/g)]
      expect(cited.length).toBeGreaterThan(0)
      const missing = cited.filter(
        ([, file = '', title = '']) =>
          !existsSync(join(root, file)) || !readFileSync(join(root, file), 'utf8').includes(title),
      )
      expect(missing.map(([words]) => words)).toEqual([])
    },
  )
})
