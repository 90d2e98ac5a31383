// Completion scripts of the shells, from the tree of commands. Pure: a tree goes in, a script comes out.

import { assertNever } from '../base/assert-never.js'
import type { Shell } from './shells.js'

export type CommandNode = {
  /** Words from the program on: `channel add`; empty for the program itself. */
  readonly path: string
  readonly words: readonly { readonly word: string; readonly what: string }[]
}

/** The first line of a description, without what a shell would read as its own. */
function clean(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/['"`$\\]/g, '')
}

/** `case` arms that walk from the program to the command that is being typed. */
function steps(nodes: readonly CommandNode[]): string {
  return nodes
    .filter(({ path }) => path !== '')
    .map(({ path }) => {
      const parts = path.split(' ')
      return `'${parts.slice(0, -1).join(' ')} ${parts.at(-1) ?? ''}'`
    })
    .join('|')
}

function bash(nodes: readonly CommandNode[]): string {
  const arms = nodes.map(
    ({ path, words }) => `    '${path}') words='${words.map(({ word }) => word).join(' ')}' ;;`,
  )
  return `# axonhub completion for bash: add to ~/.bashrc
#   eval "$(axonhub completion bash)"
_axonhub() {
  local place='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$place $word" in
      ${steps(nodes)}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place" in
${arms.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _axonhub axonhub
`
}

function zsh(nodes: readonly CommandNode[]): string {
  const arms = nodes.map(
    ({ path, words }) =>
      `    '${path}') choices=(${words.map(({ word, what }) => `'${word}:${clean(what)}'`).join(' ')}) ;;`,
  )
  return `#compdef axonhub
# axonhub completion for zsh: add to ~/.zshrc, behind compinit
#   eval "$(axonhub completion zsh)"
_axonhub() {
  local place='' word
  local -a choices
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$place $word" in
      ${steps(nodes)}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place" in
${arms.join('\n')}
  esac
  _describe 'axonhub' choices || _files
}
compdef _axonhub axonhub
`
}

function fish(nodes: readonly CommandNode[]): string {
  const lines = nodes.flatMap(({ path, words }) => {
    const condition = `test (__axonhub_place) = '${path}'`
    return words.map(({ word, what }) => {
      const shape = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a '${word}'`
      return `complete -c axonhub -n "${condition}" ${shape} -d '${clean(what)}'`
    })
  })
  return `# axonhub completion for fish: save as ~/.config/fish/completions/axonhub.fish
function __axonhub_place
  set -l place ''
  for word in (commandline -opc)[2..-1]
    switch "$place $word"
      case ${steps(nodes).replaceAll('|', ' ')}
        set place (string trim -- "$place $word")
    end
  end
  echo "$place"
end
${lines.join('\n')}
`
}

function powershell(nodes: readonly CommandNode[]): string {
  const entries = nodes.map(
    ({ path, words }) => `    '${path}' = @(${words.map(({ word }) => `'${word}'`).join(', ')})`,
  )
  return `# axonhub completion for PowerShell: add to $PROFILE
#   axonhub completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName axonhub -ScriptBlock {
  param($typed, $line, $position)
  $known = @{
${entries.join('\n')}
  }
  $place = ''
  foreach ($element in $line.CommandElements | Select-Object -Skip 1) {
    $next = "$place $($element.Extent.Text)".Trim()
    if ($known.ContainsKey($next)) { $place = $next }
  }
  $known[$place] | Where-Object { $_ -like "$typed*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`
}

export function completionScript(shell: Shell, nodes: readonly CommandNode[]): string {
  switch (shell) {
    case 'bash':
      return bash(nodes)
    case 'zsh':
      return zsh(nodes)
    case 'fish':
      return fish(nodes)
    case 'powershell':
      return powershell(nodes)
    default:
      return assertNever(shell)
  }
}
