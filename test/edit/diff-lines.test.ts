// The line difference and its text for a person.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffLines } from '../../src/edit/diff-lines.js'
import { splitLines } from '../../src/edit/text-shape.js'
import { unifiedDiff } from '../../src/edit/unified-diff.js'

const text = fc
  .array(fc.constantFrom('a\n', 'b\n', 'c\r\n', '\n', 'd\n'), { maxLength: 14 })
  .chain((lines) => fc.constantFrom('', 'z', 'a').map((tail) => lines.join('') + tail))

function patched(before: string, after: string): string {
  const lines = splitLines(before)
  for (const hunk of diffLines(before, after).reverse()) {
    expect(lines.slice(hunk.beforeLine, hunk.beforeLine + hunk.removed.length)).toEqual(hunk.removed)
    lines.splice(hunk.beforeLine, hunk.removed.length, ...hunk.inserted)
  }
  return lines.join('')
}

describe('the line difference', () => {
  it('leads from one text to the other and back, whatever they are', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(patched(before, after)).toBe(after)
        expect(patched(after, before)).toBe(before)
      }),
      { numRuns: 500 },
    )
  })

  it('finds the shortest way for an added line and an added block', () => {
    expect(diffLines('a\nb\nc\n', 'a\nx\nb\nc\ny\n')).toEqual([
      { beforeLine: 1, afterLine: 1, removed: [], inserted: ['x\n'] },
      { beforeLine: 3, afterLine: 4, removed: [], inserted: ['y\n'] },
    ])
  })

  it('gives up on texts that have nothing in common, and still is right', () => {
    const before = Array.from({ length: 3000 }, (_, index) => `a${index}\n`).join('')
    const after = Array.from({ length: 3000 }, (_, index) => `b${index}\n`).join('')
    expect(patched(before, after)).toBe(after)
  })
})

describe('the diff for a person', () => {
  it('shows what changes with three lines around it', () => {
    const before = '1\n2\n3\n4\n5\n6\n7\n8\n9'
    expect(unifiedDiff({ path: 'f', before, after: before.replace('5', 'five'), secrets: [] })).toBe(
      '--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n',
    )
  })

  it('says when a file is new and when the last newline is missing', () => {
    expect(unifiedDiff({ path: 'f', before: null, after: 'x', secrets: [] })).toBe(
      '--- /dev/null\n+++ f\n@@ -0,0 +1,1 @@\n+x\n\\ No newline at end of file\n',
    )
  })

  it('is empty when nothing changes', () => {
    expect(unifiedDiff({ path: 'f', before: 'x', after: 'x', secrets: [] })).toBe('')
  })

  it('shows no secret, neither added nor around the change', () => {
    const diff = unifiedDiff({
      path: 'f',
      before: 'other = "sk-0123456789"\n',
      after: 'other = "sk-0123456789"\nkey = "ah-abcdef0123"\n',
      secrets: ['ah-abcdef0123', 'sk-0123456789'],
    })
    expect(diff).toContain('+key = "********"')
    expect(diff).not.toMatch(/ah-abc|sk-0/)
  })
})
