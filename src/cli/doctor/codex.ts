// Codex's configuration, resolved the way it does: what an administrator manages, then the user's file, then the machine's;
// a project may choose the model and nothing else (docs/clients.md).

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentState } from '../../agents/agent.js'
import { KEY_HEADER, PROVIDER_ID } from '../../agents/codex/provider.js'
import { isObject, type JsonObject, object, text } from '../../base/json.js'
import { tomlEditor } from '../../edit/toml-editor.js'
import type { Effective } from './claude.js'
import { type Layer, readLayers, resolve } from './layers.js'
import type { Subject } from './subject.js'

async function layersOf({ context }: Subject, state: AgentState): Promise<Layer[]> {
  const folder = join(context.systemFolder ?? '/etc', 'codex')
  return readLayers(
    [
      { path: join(folder, 'requirements.toml'), kind: 'managed' },
      { path: join(folder, 'managed_config.toml'), kind: 'managed' },
      { path: join(state.home, 'managed_config.toml'), kind: 'managed' },
      { path: state.configFile, kind: 'user' },
      { path: join(folder, 'config.toml'), kind: 'machine' },
    ],
    tomlEditor,
  )
}

function headerKey(block: JsonObject): string | undefined {
  const headers = object(block, 'http_headers') ?? {}
  const name = Object.keys(headers).find((each) => each.toLowerCase() === KEY_HEADER.toLowerCase())
  return name === undefined ? undefined : text(headers, name)
}

/** A command that prints the key must be there: Node and the program may have moved since it was written. */
function commandDetours(block: JsonObject): Effective['detours'] {
  const auth = object(block, 'auth')
  if (auth === undefined) return []
  const words = [text(auth, 'command'), ...(Array.isArray(auth['args']) ? auth['args'] : [])]
  const missing = words.find(
    (word) =>
      typeof word === 'string' && (word.startsWith('/') || /^[A-Z]:\\/.test(word)) && !existsSync(word),
  )
  if (typeof missing !== 'string') return []
  return [
    { what: `the command that prints its key needs ${missing}, which is gone`, fix: 'axonhub init codex' },
  ]
}

function variableDetours(block: JsonObject, subject: Subject): Effective['detours'] {
  const name = text(block, 'env_key')
  if (name === undefined || (subject.context.env[name] ?? '') !== '') return []
  return [
    { what: `it takes its key from ${name}, which is not set in this shell`, fix: 'eval "$(axonhub env)"' },
  ]
}

export async function effectiveCodex(subject: Subject, state: AgentState): Promise<Effective> {
  const layers = await layersOf(subject, state)
  const provider = resolve(layers, ['model_provider'])
  const wanted = typeof provider?.value === 'string' ? provider.value : 'openai'
  const ours = resolve(layers, ['model_providers', PROVIDER_ID])
  if (wanted !== PROVIDER_ID) {
    const isManaged = provider?.layer.kind === 'managed'
    const from = provider === undefined ? 'by default' : `by ${provider.layer.path}`
    return {
      address:
        ours === undefined && !isManaged
          ? undefined
          : { url: `the provider "${wanted}" (${from})`, from, isOurs: !isManaged },
      keys: [],
      detours: [],
    }
  }
  const found = resolve(layers, ['model_providers', wanted])
  const block = isObject(found?.value) ? found.value : {}
  const path = found?.layer.path ?? state.configFile
  const key = headerKey(block) ?? text(block, 'experimental_bearer_token')
  const variable = text(block, 'env_key')
  const shown = key ?? (variable === undefined ? undefined : subject.context.env[variable])
  return {
    address: {
      url: text(block, 'base_url') ?? '(no base_url)',
      from: path,
      isOurs: found?.layer.kind === 'user',
    },
    keys: shown === undefined || shown === '' ? [] : [{ key: shown, from: path }],
    detours: [...commandDetours(block), ...variableDetours(block, subject)],
  }
}
