// What the scripted model does, said without any protocol or agent: steps of thinking, text and intents.
// Law: a tool is looked up in the request's own tool list, as a model does; what is not offered cannot be called.

import { join } from 'node:path'
import type { JsonObject } from '../../../src/base/json.js'

/** What a step wants done; each agent has its own tool for it. Paths are relative to the agent's folder. */
export type Intent =
  | { readonly type: 'write'; readonly path: string; readonly content: string }
  | { readonly type: 'edit'; readonly path: string; readonly before: string; readonly after: string }
  | { readonly type: 'read'; readonly path: string }
  | { readonly type: 'run'; readonly command: string }

/** An intent, and what its result must say when it comes back in the history. */
type Call = { readonly intent: Intent; readonly result: RegExp }

/** One answer of the model. A step without calls ends the turn. */
export type Step = { readonly thinking?: string; readonly text?: string; readonly calls: readonly Call[] }

/** The steps that answer the user message that contains `prompt`. */
export type Script = { readonly prompt: string; readonly steps: readonly Step[] }

/** A tool as the request offers it, whatever the protocol. */
export type OfferedTool = {
  readonly name: string
  readonly kind: 'function' | 'custom'
  readonly properties: readonly string[]
}

/** A call in terms of the offered tools: arguments of a function, or the free text of a custom tool. */
export type ToolCall =
  | { readonly kind: 'function'; readonly name: string; readonly input: JsonObject }
  | { readonly kind: 'custom'; readonly name: string; readonly input: string }

type Way =
  | { readonly tool: string; readonly arguments: JsonObject }
  /** A freeform tool and the text it is given. */
  | { readonly freeform: string; readonly input: string }

/** How the intent is called with the tools that the request offers; undefined when none of them can do it. */
export function callFor(intent: Intent, tools: readonly OfferedTool[], folder: string): ToolCall | undefined {
  for (const way of waysOf(intent, folder)) {
    if ('freeform' in way) {
      const call = freeformCall(way.freeform, way.input, tools)
      if (call !== undefined) return call
    } else if (offers(tools, way.tool, Object.keys(way.arguments))) {
      return { kind: 'function', name: way.tool, input: way.arguments }
    }
  }
  return undefined
}

function offers(tools: readonly OfferedTool[], name: string, properties: readonly string[]): boolean {
  return tools.some(
    (tool) =>
      tool.name === name &&
      tool.kind === 'function' &&
      properties.every((key) => tool.properties.includes(key)),
  )
}

/**
 * A freeform tool is called with text; where a protocol has no such tool it is a function with one text, and a
 * namespace may stand before its name.
 */
function freeformCall(name: string, input: string, tools: readonly OfferedTool[]): ToolCall | undefined {
  const tool = tools.find((candidate) => candidate.name === name || candidate.name.endsWith(`__${name}`))
  if (tool === undefined) return undefined
  if (tool.kind === 'custom') return { kind: 'custom', name: tool.name, input }
  const [property] = tool.properties
  return property === undefined
    ? undefined
    : { kind: 'function', name: tool.name, input: { [property]: input } }
}

/** Claude Code's tools first, then Gemini CLI's, then those of Codex: plain ones, and its code mode, where a script calls them. */
function waysOf(intent: Intent, folder: string): Way[] {
  switch (intent.type) {
    case 'write':
      return [
        {
          tool: 'Write',
          arguments: { file_path: join(folder, intent.path), content: intent.content },
        },
        {
          tool: 'write_file',
          arguments: { file_path: join(folder, intent.path), content: intent.content },
        },
        ...patchWays(`Add File: ${intent.path}`, added(intent.content)),
      ]
    case 'edit':
      return [
        {
          tool: 'Edit',
          arguments: {
            file_path: join(folder, intent.path),
            old_string: intent.before,
            new_string: intent.after,
          },
        },
        {
          tool: 'replace',
          arguments: {
            file_path: join(folder, intent.path),
            instruction: 'Change one line.',
            old_string: intent.before,
            new_string: intent.after,
          },
        },
        ...patchWays(`Update File: ${intent.path}`, ['@@', `-${intent.before}`, `+${intent.after}`]),
      ]
    case 'read':
      return [
        { tool: 'Read', arguments: { file_path: join(folder, intent.path) } },
        { tool: 'read_file', arguments: { file_path: join(folder, intent.path) } },
        ...commandWays(`cat ${intent.path}`),
      ]
    case 'run':
      return [
        { tool: 'Bash', arguments: { command: intent.command, description: 'Run a command' } },
        { tool: 'run_shell_command', arguments: { command: intent.command, description: 'Run a command' } },
        ...commandWays(intent.command),
      ]
  }
}

function patchWays(header: string, lines: readonly string[]): Way[] {
  const patch = ['*** Begin Patch', `*** ${header}`, ...lines, '*** End Patch', ''].join('\n')
  return [
    { freeform: 'apply_patch', input: patch },
    { freeform: 'exec', input: `await tools.apply_patch(${JSON.stringify(patch)}); text('success')` },
  ]
}

function commandWays(cmd: string): Way[] {
  return [
    { tool: 'exec_command', arguments: { cmd } },
    { freeform: 'exec', input: `text(await tools.exec_command(${JSON.stringify({ cmd })}))` },
  ]
}

function added(content: string): string[] {
  return content
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `+${line}`)
}
