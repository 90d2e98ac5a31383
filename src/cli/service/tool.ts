// Runs one of the system's own tools (systemctl, launchctl, schtasks) and tells what came of it.

import { execFile } from 'node:child_process'
import type { Environment } from '../../config/paths.js'

export type ToolCall = { readonly command: string; readonly args: readonly string[] }

export type ToolResult = {
  /** Undefined: it could not be started. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export type RunTool = (call: ToolCall) => Promise<ToolResult>

const PATIENCE_MS = 60_000

/** Never rejects. The tool is found on the PATH of `env`. */
export function toolRunner(env: Environment): RunTool {
  return ({ command, args }) =>
    new Promise((resolve) => {
      const options = { env: { ...env }, timeout: PATIENCE_MS, windowsHide: true }
      execFile(command, [...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined
        resolve({ code, stdout: stdout.trim(), stderr: stderr.trim() })
      })
    })
}

/** As a person would type it. */
export function toolLine({ command, args }: ToolCall): string {
  return [command, ...args.map((word) => (/[\s"]/.test(word) ? JSON.stringify(word) : word))].join(' ')
}
