// A picture that is drawn again and again on a terminal, without a flicker: on the other screen, over what stands there, in one
// write; at the end the terminal is as it was before.

export type Screen = {
  /** Shows the lines; more than fit are cut at the end. */
  draw(lines: readonly string[]): void
  /** Back to the usual screen. */
  close(): void
}

const OTHER_SCREEN = '\u001b[?1049h'
const USUAL_SCREEN = '\u001b[?1049l'
const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const HOME = '\u001b[H'
const CLEAR_LINE = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/** `rows`: how many lines the terminal has now. */
export function openScreen(write: (text: string) => void, rows: () => number): Screen {
  write(OTHER_SCREEN + HIDE_CURSOR)
  return {
    draw(lines) {
      const most = Math.max(1, rows() - 1)
      const shown =
        lines.length <= most
          ? lines
          : [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more lines; make the window higher`]
      write(HOME + shown.map((line) => `${line}${CLEAR_LINE}\n`).join('') + CLEAR_BELOW)
    },
    close: () => write(SHOW_CURSOR + USUAL_SCREEN),
  }
}
