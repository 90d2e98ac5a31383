// The user's own editor, on a file of ours.

import { spawn } from 'node:child_process'
import { HubError } from '../base/errors.js'
import type { Cli } from './cli.js'

function editorOf({ deps }: Cli): string {
  const chosen = [deps.env['VISUAL'], deps.env['EDITOR']].find((name) => name !== undefined && name !== '')
  return chosen ?? (deps.platform === 'win32' ? 'notepad' : 'vi')
}

/** Resolves when it is closed. By the shell, since $EDITOR may hold arguments; the path goes as an argument of its own. */
export function openEditor(cli: Cli, path: string): Promise<void> {
  const editor = editorOf(cli)
  return new Promise((resolve, reject) => {
    const child =
      cli.deps.platform === 'win32'
        ? spawn(`${editor} "${path}"`, { stdio: 'inherit', shell: true, env: { ...cli.deps.env } })
        : spawn('sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit', env: { ...cli.deps.env } })
    const failed = (cause?: unknown) =>
      reject(
        new HubError('internal', `The editor "${editor}" failed.`, { hint: 'Set VISUAL or EDITOR.', cause }),
      )
    child.once('error', failed)
    child.once('exit', (code) => (code === 0 ? resolve() : failed()))
  })
}
