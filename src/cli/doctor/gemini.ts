// Gemini CLI's address and key, found the way it finds them: the process, then the first file of variables on the way up from
// this folder, then those of its home; the kind of login stands in its settings (docs/clients.md).

import { dirname, join } from 'node:path'
import type { AgentState } from '../../agents/agent.js'
import { glance } from '../../agents/config-file.js'
import { ADDRESS_VARIABLE, KEY_VARIABLE } from '../../agents/gemini/environment.js'
import type { ParsedDocument } from '../../edit/editor.js'
import { envEditor } from '../../edit/env-editor.js'
import type { Effective } from './claude.js'
import type { Subject } from './subject.js'

type File = { readonly path: string; readonly document: ParsedDocument }

/** The one file that is read here, in a folder that is trusted. */
async function variablesHere(
  { context }: Pick<Subject, 'context'>,
  state: AgentState,
): Promise<File | undefined> {
  const places: string[] = []
  for (let folder = context.cwd; ; folder = dirname(folder)) {
    places.push(join(folder, '.gemini', '.env'), join(folder, '.env'))
    if (dirname(folder) === folder) break
  }
  for (const path of [...places, join(state.home, '.env'), join(dirname(state.home), '.env')]) {
    const document = await glance(path, envEditor)
    if (document !== undefined) return { path, document }
  }
  return undefined
}

export async function effectiveGemini(
  subject: Pick<Subject, 'context'>,
  state: AgentState,
): Promise<Effective> {
  const file = await variablesHere(subject, state)
  const found = (name: string) => {
    const set = subject.context.env[name] ?? ''
    if (set !== '') return { value: set, from: `${name} of this shell` }
    const value = file?.document.get([name])
    return typeof value === 'string' && value !== '' && file !== undefined
      ? { value, from: file.path }
      : undefined
  }
  const address = found(ADDRESS_VARIABLE)
  const key = found(KEY_VARIABLE)
  return {
    address:
      address === undefined
        ? undefined
        : { url: address.value, from: address.from, isOurs: address.from === join(state.home, '.env') },
    keys: address === undefined || key === undefined ? [] : [{ key: key.value, from: key.from }],
    detours:
      state.login === 'apikey'
        ? []
        : [{ what: `${state.configFile} does not set it to use an API key`, fix: 'axonhub init gemini' }],
  }
}
