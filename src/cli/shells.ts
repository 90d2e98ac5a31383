// Setting a variable in the shells that people use. Pure.

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof SHELLS)[number]

/** The user's shell by the environment; `bash` stands for every POSIX one. */
export function usualShell(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Shell {
  const name = (env['SHELL'] ?? '').split('/').at(-1) ?? ''
  return (
    SHELLS.find((shell) => shell === name) ?? (platform === 'win32' && name === '' ? 'powershell' : 'bash')
  )
}

function quoted(value: string, shell: Shell): string {
  switch (shell) {
    case 'bash':
    case 'zsh':
      return `'${value.replaceAll("'", "'\\''")}'`
    case 'fish':
      return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    case 'powershell':
      return `'${value.replaceAll("'", "''")}'`
  }
}

/** A line that sets an exported variable. */
export function exportLine(shell: Shell, name: string, value: string): string {
  switch (shell) {
    case 'bash':
    case 'zsh':
      return `export ${name}=${quoted(value, shell)}`
    case 'fish':
      return `set -gx ${name} ${quoted(value, shell)}`
    case 'powershell':
      return `$env:${name} = ${quoted(value, shell)}`
  }
}

/** A comment that says how to use the lines above. */
export function usageLine(shell: Shell): string {
  switch (shell) {
    case 'bash':
    case 'zsh':
      return '# Run: eval "$(axonhub env)"'
    case 'fish':
      return '# Run: axonhub env --shell fish | source'
    case 'powershell':
      return '# Run: axonhub env --shell powershell | Out-String | Invoke-Expression'
  }
}
