// The terminal itself: the alternate screen and back, and frames painted so that nothing flickers or scrolls. A frame is
// compared with the last one; only lines that changed are written, each at its own place, in one synchronized write.

export type Terminal = {
  /** Takes the alternate screen and hides the cursor. */
  enter(): void
  /** Paints lines of exactly the terminal's width; while the terminal does not keep up, only the newest is kept. */
  paint(lines: readonly string[]): void
  /** The next frame is painted whole: the terminal's size changed, or somebody else wrote. */
  forget(): void
  /** Puts a text into the clipboard of the terminal that the user sits at. */
  copy(text: string): void
  /** Gives the terminal back as it was. May be called again. */
  leave(): void
  /** Bytes written so far. */
  readonly written: number
}

export type TerminalOutput = {
  write(text: string): boolean
  once(event: 'drain', listener: () => void): unknown
}

const ESC = '\u001b['
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l${ESC}H${ESC}2J`
const LEAVE = `${ESC}0m${ESC}?7h${ESC}?25h${ESC}?1049l`
/** The terminal shows nothing of a frame before all of it is there. */
const BEGIN = `${ESC}?2026h`
const END = `${ESC}?2026l`

/** A clipboard of a terminal takes about this much. */
const LONGEST_COPY = 70_000

export function openTerminal(output: TerminalOutput): Terminal {
  let state: 'outside' | 'inside' | 'left' = 'outside'
  let last: readonly string[] = []
  let waiting: readonly string[] | undefined
  let isFull = false
  let written = 0

  const write = (text: string) => {
    written += Buffer.byteLength(text)
    return output.write(text)
  }

  const changes = (lines: readonly string[]) => {
    let text = ''
    for (const [index, line] of lines.entries())
      if (line !== last[index]) text += `${ESC}${index + 1};1H${ESC}K${line}`
    return text
  }

  const paint = (lines: readonly string[]) => {
    if (state !== 'inside') return
    if (isFull) {
      waiting = lines
      return
    }
    const text = changes(lines)
    last = lines
    if (text === '') return
    isFull = !write(`${BEGIN}${text}${END}`)
    if (!isFull) return
    output.once('drain', () => {
      isFull = false
      const newest = waiting
      waiting = undefined
      if (newest !== undefined) paint(newest)
    })
  }

  return {
    enter() {
      if (state !== 'outside') return
      state = 'inside'
      write(ENTER)
    },
    paint,
    forget() {
      last = []
      if (state === 'inside') write(`${ESC}2J`)
    },
    copy(text) {
      const base64 = Buffer.from(text.slice(0, LONGEST_COPY), 'utf8').toString('base64')
      if (state === 'inside') write(`\u001b]52;c;${base64}\u0007`)
    },
    leave() {
      if (state !== 'inside') return
      state = 'left'
      write(LEAVE)
    },
    get written() {
      return written
    },
  }
}
