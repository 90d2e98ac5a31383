// The user's own editor, on a file of ours.

import { spawn } from 'node:child_process'
import { HubError } from '../base/errors.js'
import type { Cli } from './cli.js'

/** Throws HubError `usage` when nobody chose one, and the usual one would have no terminal to draw on. */
function editorOf({ deps }: Cli, path: string): string {
  const chosen = [deps.env['VISUAL'], deps.env['EDITOR']].find((name) => name !== undefined && name !== '')
  if (chosen !== undefined) return chosen
  if (deps.platform === 'win32') return 'notepad'
  if (deps.stdin.isTTY === true && deps.stdout.isTTY === true) return 'vi'
  throw new HubError('usage', 'There is no terminal for an editor.', {
    hint: `Set VISUAL or EDITOR to one that needs none, or change ${path} yourself.`,
  })
}

/**
 * Resolves when it is closed. By the shell, since $EDITOR may hold arguments; the path goes as an argument of its own. Throws
 * HubError.
 */
export async function openEditor(cli: Cli, path: string): Promise<void> {
  const editor = editorOf(cli, path)
  await new Promise<void>((resolve, reject) => {
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
