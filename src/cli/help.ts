// Examples under the help of a command.

/** Pairs of a command line and what it does. */
export function examples(...lines: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length))
  const shown = lines.map(([command, what]) =>
    width > 46 ? `  ${command}\n      ${what}` : `  ${command.padEnd(width)}  ${what}`,
  )
  return `\nExamples:\n${shown.join('\n')}\n`
}
