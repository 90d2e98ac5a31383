// What is written to the terminal: only lines that changed, each at its place, in one synchronized write; and everything back
// as it was at the end. What a real terminal makes of it is asked of an emulator.
import xterm from '@xterm/headless'
import { describe, expect, it } from 'vitest'
import { openTerminal } from '../../src/tui/terminal.js'

function output(isSlow = false) {
  const written: string[] = []
  const drains: (() => void)[] = []
  return {
    written,
    drain() {
      for (const one of drains.splice(0)) one()
    },
    write(text: string) {
      written.push(text)
      return !isSlow
    },
    once(_event: 'drain', listener: () => void) {
      drains.push(listener)
    },
  }
}

function screenOf(
  text: string,
  columns: number,
  rows: number,
): Promise<{ lines: string[]; scrolled: number }> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  return new Promise((resolve) => {
    terminal.write(text, () => {
      const { active } = terminal.buffer
      const lines = Array.from(
        { length: rows },
        (_, row) => active.getLine(row)?.translateToString(true) ?? '',
      )
      resolve({ lines, scrolled: active.baseY })
    })
  })
}

describe('the terminal', () => {
  it('is written only what changed', () => {
    const out = output()
    const terminal = openTerminal(out)
    terminal.enter()
    terminal.paint(['one  ', 'two  ', 'three'])
    terminal.paint(['one  ', 'TWO  ', 'three'])
    terminal.paint(['one  ', 'TWO  ', 'three'])
    expect(out.written.slice(2)).toEqual(['\u001b[?2026h\u001b[2;1H\u001b[KTWO  \u001b[?2026l'])
  })

  it('shows full-height, full-width frames without scrolling', async () => {
    const out = output()
    const terminal = openTerminal(out)
    terminal.enter()
    for (const sign of ['a', 'b', 'c']) terminal.paint(Array.from({ length: 5 }, () => sign.repeat(10)))
    const { lines, scrolled } = await screenOf(out.written.join(''), 10, 5)
    expect(lines).toEqual(Array.from({ length: 5 }, () => 'cccccccccc'))
    expect(scrolled).toBe(0)
  })

  it('is painted whole after its size changed', async () => {
    const out = output()
    const terminal = openTerminal(out)
    terminal.enter()
    terminal.paint(['longer line', 'second line'])
    terminal.forget()
    terminal.paint(['longer'])
    expect((await screenOf(out.written.join(''), 12, 3)).lines).toEqual(['longer', '', ''])
  })

  it('that does not keep up gets the newest frame, not all of them', () => {
    const out = output(true)
    const terminal = openTerminal(out)
    terminal.enter()
    for (let frame = 0; frame < 100; frame++) terminal.paint([`frame ${frame}`])
    expect(out.written).toHaveLength(2)
    out.drain()
    expect(out.written).toHaveLength(3)
    expect(out.written[2]).toContain('frame 99')
  })

  it('is given back once, and not written to afterwards', () => {
    const out = output()
    const terminal = openTerminal(out)
    terminal.enter()
    terminal.leave()
    terminal.leave()
    terminal.paint(['late'])
    terminal.copy('late')
    expect(out.written).toEqual([
      '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H\u001b[2J',
      '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l',
    ])
  })

  it('takes a copied text as base64, which nothing in it can end', () => {
    const out = output()
    const terminal = openTerminal(out)
    terminal.enter()
    terminal.copy('ar-1\u0007\u001b[2J')
    expect(out.written[1]).toBe(`\u001b]52;c;${Buffer.from('ar-1\u0007\u001b[2J').toString('base64')}\u0007`)
  })
})
