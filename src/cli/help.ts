// Examples under the help of a command.

const COLUMNS = 80

/** Pairs of a command line and what it does, side by side where all of them have room. */
export function examples(...lines: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length))
  const isNarrow = lines.some(([, what]) => 2 + width + 2 + what.length > COLUMNS)
  const shown = lines.map(([command, what]) =>
    what === ''
      ? `  ${command}`
      : isNarrow
        ? `  ${command}\n      ${what}`
        : `  ${command.padEnd(width)}  ${what}`,
  )
  return `\nExamples:\n${shown.join('\n')}\n`
}
