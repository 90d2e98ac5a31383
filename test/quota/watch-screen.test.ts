// The watched table: drawn over itself in one write, with nothing cleared in between, and gone when it ends.
import { Terminal } from '@xterm/headless'
import { expect, it } from 'vitest'
import { openScreen } from '../../src/cli/watch-screen.js'

function terminal(rows: number) {
  const screen = new Terminal({ cols: 40, rows, allowProposedApi: true, convertEol: true })
  const writes: string[] = []
  const settled = () => new Promise<void>((resolve) => screen.write('', resolve))
  const lines = async () => {
    await settled()
    const { active } = screen.buffer
    return Array.from(
      { length: rows },
      (_, row) => active.getLine(row)?.translateToString(true) ?? '',
    ).filter((line) => line !== '')
  }
  const write = (text: string) => {
    writes.push(text)
    screen.write(text)
  }
  return { screen, write, writes, lines }
}

it('draws over what stands there, in one write, without clearing it first', async () => {
  const { write, writes, lines } = terminal(10)
  const drawn = openScreen(write, () => 10)
  drawn.draw(['codex  90%', 'claude 10%', 'third'])
  expect(await lines()).toEqual(['codex  90%', 'claude 10%', 'third'])
  const before = writes.length
  drawn.draw(['codex  9%', 'claude 11%'])
  expect(await lines()).toEqual(['codex  9%', 'claude 11%'])
  expect(writes).toHaveLength(before + 1)
  expect(writes.join('')).not.toContain('\u001b[2J')
})

it('says how much does not fit', async () => {
  const { write, lines } = terminal(5)
  openScreen(write, () => 5).draw(['1', '2', '3', '4', '5', '6'])
  expect(await lines()).toEqual(['1', '2', '3', '… 3 more lines; make the window higher'])
})

it('leaves the terminal as it was', async () => {
  const { screen, write, lines } = terminal(5)
  write('$ axonhub quota --watch\n')
  const drawn = openScreen(write, () => 5)
  drawn.draw(['codex'])
  drawn.close()
  expect(await lines()).toEqual(['$ axonhub quota --watch'])
  expect(screen.buffer.active.type).toBe('normal')
})
