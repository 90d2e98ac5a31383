// The end of a growing file of lines: none lost, none twice, also when the file is set aside.
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { lastLines, linesSince } from '../../src/base/line-file.js'

function emptyFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lines-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'log')
}

it('a file that is not there has no lines, and its first lines are told when it comes', async () => {
  const file = emptyFile()
  const { lines, place } = await lastLines(file, 5)
  expect(lines).toEqual([])
  expect((await linesSince(file, place)).lines).toEqual([])
  writeFileSync(file, 'one\ntwo\n')
  expect((await linesSince(file, place)).lines).toEqual(['one', 'two'])
})

it.each([0, 1, 3, 200, 5000])('the last %i lines of many are told, however long they are', async (count) => {
  const file = emptyFile()
  const all = Array.from({ length: 900 }, (_, index) => `${index} ${'ü'.repeat((index * 37) % 700)}`)
  writeFileSync(file, `${all.join('\n')}\n`)
  const { lines } = await lastLines(file, count)
  expect(lines).toEqual(count === 0 ? [] : all.slice(-count))
})

it('a line that is still being written is told once it is whole', async () => {
  const file = emptyFile()
  writeFileSync(file, 'one\ntw')
  const first = await lastLines(file, 10)
  expect(first.lines).toEqual(['one'])
  appendFileSync(file, 'o\n')
  expect((await linesSince(file, first.place)).lines).toEqual(['two'])
})

it('a new file in the place of the old one is read from its beginning', async () => {
  const file = emptyFile()
  writeFileSync(file, 'a long first line\n')
  const { place } = await lastLines(file, 10)
  renameSync(file, `${file}.1`)
  writeFileSync(file, 'new\n')
  expect((await linesSince(file, place)).lines).toEqual(['new'])
})

it('every line comes once and in order, wherever the writer pauses', async () => {
  const piece = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\r', ' '))
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const file = join(mkdtempSync(join(tmpdir(), 'lines-')), 'log')
      writeFileSync(file, '')
      let { place } = await lastLines(file, 0)
      const told: string[] = []
      for (const text of pieces) {
        appendFileSync(file, text)
        const more = await linesSince(file, place)
        place = more.place
        told.push(...more.lines)
      }
      const whole = Buffer.from(pieces.join('')).toString('utf8').split('\n').slice(0, -1)
      expect(told).toEqual(whole.filter((line) => line !== ''))
      rmSync(join(file, '..'), { recursive: true, force: true })
    }),
    { numRuns: 60 },
  )
})
