// Claude Code's configuration, resolved the way it does: managed settings, then the project's, then the user's; their
// `env` wins over the shell (docs/clients.md).

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentState } from '../../agents/agent.js'
import { jsonEditor } from '../../edit/json-editor.js'
import type { Resolved } from './layers.js'
import { type Layer, readLayers, resolve } from './layers.js'
import type { Subject } from './subject.js'

export type Effective = {
  /** Undefined: the agent asks its maker. */
  readonly address: { readonly url: string; readonly from: string; readonly isOurs: boolean } | undefined
  /** Texts that the agent sends as a credential of the hub. */
  readonly keys: readonly { readonly key: string; readonly from: string }[]
  /** What leads it past the hub, in words. */
  readonly detours: readonly { readonly what: string; readonly fix: string }[]
}

const OTHER_CLOUDS = ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY']

async function layersOf({ context }: Subject, state: AgentState): Promise<Layer[]> {
  const folder =
    context.platform === 'darwin' && context.systemFolder === undefined
      ? '/Library/Application Support/ClaudeCode'
      : join(context.systemFolder ?? '/etc', 'claude-code')
  const parts = join(folder, 'managed-settings.d')
  const dropIns = (await readdir(parts).catch(() => [])).filter((name) => name.endsWith('.json')).sort()
  const project =
    context.cwd === context.home
      ? []
      : ['settings.local.json', 'settings.json'].map((name) => ({
          path: join(context.cwd, '.claude', name),
          kind: 'project',
        }))
  return readLayers(
    [
      // The later drop-in wins over the earlier one.
      ...dropIns.reverse().map((name) => ({ path: join(parts, name), kind: 'managed' })),
      { path: join(folder, 'managed-settings.json'), kind: 'managed' },
      ...project,
      { path: state.configFile, kind: 'user' },
    ],
    jsonEditor,
  )
}

type Variable = { readonly value: string; readonly from: string; readonly isUser: boolean }

function variable(name: string, layers: readonly Layer[], subject: Subject): Variable | undefined {
  const found: Resolved | undefined = resolve(layers, ['env', name])
  if (found !== undefined) {
    const { value, layer } = found
    if (value === '' || (typeof value !== 'string' && typeof value !== 'number')) return undefined
    return { value: String(value), from: `${layer.path} (${layer.kind})`, isUser: layer.kind === 'user' }
  }
  const shell = subject.context.env[name]
  if (shell === undefined || shell === '') return undefined
  return { value: shell, from: 'the environment of this shell', isUser: false }
}

function keysIn(header: Variable | undefined): { key: string; from: string }[] {
  const key = /^x-axonhub-key:\s*(\S+)\s*$/im.exec(header?.value ?? '')?.[1]
  return key === undefined || header === undefined ? [] : [{ key, from: header.from }]
}

export async function effectiveClaude(subject: Subject, state: AgentState): Promise<Effective> {
  const layers = await layersOf(subject, state)
  const read = (name: string) => variable(name, layers, subject)
  const base = read('ANTHROPIC_BASE_URL')
  const token = read('ANTHROPIC_AUTH_TOKEN')
  const detours = OTHER_CLOUDS.flatMap((name) => {
    const set = read(name)
    if (set === undefined || ['0', 'false'].includes(set.value.toLowerCase())) return []
    return [{ what: `${name} is set in ${set.from}: it goes to that cloud`, fix: `Take ${name} out there.` }]
  })
  const helper = resolve(layers, ['apiKeyHelper'])
  const headerKeys = keysIn(read('ANTHROPIC_CUSTOM_HEADERS'))
  return {
    address: base === undefined ? undefined : { url: base.value, from: base.from, isOurs: base.isUser },
    keys: [
      ...headerKeys,
      ...(token === undefined || headerKeys.length > 0 ? [] : [{ key: token.value, from: token.from }]),
    ],
    detours:
      helper === undefined || headerKeys.length > 0
        ? detours
        : [
            ...detours,
            {
              what: `apiKeyHelper is set in ${helper.layer.path}: its key is sent beside the hub's`,
              fix: 'Take apiKeyHelper out there.',
            },
          ],
  }
}
