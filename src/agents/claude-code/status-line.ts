// The `statusLine` of Claude Code's settings. Law: a line that the user has is never touched; one of ours is kept up to date.
import { isObject, type JsonValue, text } from '../../base/json.js'
import { jsonEditor } from '../../edit/json-editor.js'
import type { RecordedEdit } from '../../edit/record-write.js'
import type { AgentContext } from '../agent.js'
import { readDocument } from '../config-file.js'
import { detectClaudeCode } from './detect.js'

export type StatusLineOwner = 'nobody' | 'hub' | 'user'

function ownerOf(existing: JsonValue | undefined): StatusLineOwner {
  if (existing === undefined || existing === null) return 'nobody'
  const command = isObject(existing) ? text(existing, 'command') : undefined
  return command !== undefined && /axonhub.*\bstatusline\b/.test(command) ? 'hub' : 'user'
}

/** Whose status line Claude Code shows now. Throws HubError when its settings cannot be read. */
export async function statusLineOwner(context: AgentContext): Promise<StatusLineOwner> {
  const { configFile } = await detectClaudeCode(context)
  return ownerOf((await readDocument(configFile, jsonEditor)).get(['statusLine']))
}

type Wanted = string | false | undefined

/** `command`: the one that is to stand there; absent: one that we wrote stays, and stays on record. */
export function statusLineEdits(existing: JsonValue | undefined, command: Wanted): RecordedEdit[] {
  const owner = ownerOf(existing)
  if (command === false || owner === 'user' || (owner === 'nobody' && command === undefined)) return []
  const own = isObject(existing) ? existing : {}
  // What the user set beside the command, as `padding`, stays.
  const value = { ...own, type: 'command', command: command ?? own['command'] ?? null }
  return [{ path: ['statusLine'], value }]
}

/** Why the wanted line is not written; undefined when it is, or none is wanted. */
export function statusLineWarning(existing: JsonValue | undefined, command: Wanted): string | undefined {
  if (command === undefined || command === false || ownerOf(existing) !== 'user') return undefined
  return `Claude Code has a status line of its own, which stays. To see that of the hub, set statusLine.command to: ${command}`
}
