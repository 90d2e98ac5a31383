// Lines that go out together stay where they belong among everything else that is said.
import { expect, it } from 'vitest'
import { createOutput, linesTogether } from '../../src/cli/output.js'

it('lines go out in one write, before whatever is said behind them', () => {
  const said: string[] = []
  const plain = {
    ...createOutput({ env: {}, stdout: process.stdout, stderr: process.stderr }),
    line: (text = '') => void said.push(`line ${text}`),
    raw: (text: string) => void said.push(`raw ${text}`),
    json: (value: unknown) => void said.push(`json ${JSON.stringify(value)}`),
    note: (text: string) => void said.push(`note ${text}`),
  }
  linesTogether(plain, (out) => {
    out.line('one')
    out.line()
    out.line('two')
    out.note('a note')
    out.line('three')
    out.json([1])
    out.raw('raw')
    out.line('four')
  })
  expect(said).toEqual([
    'raw one\n\ntwo\n',
    'note a note',
    'raw three\n',
    'json [1]',
    'raw raw',
    'raw four\n',
  ])
})
