// Reads a Gemini request's history, tools and wishes into the form that scripts work on. Calls without ids are known by their
// place, as Gemini knows them.

import { type JsonObject, object, objects, text } from '../../../../src/base/json.js'
import { type Conversation, joinTurns, type PastCall, type PastResult, type Turn } from '../history.js'
import type { OfferedTool } from '../script.js'
import type { Sealer } from '../seal.js'

type Open = { count: number; readonly ids: { readonly id: string; readonly name: string }[] }

export function readGemini(body: JsonObject, sealer: Sealer): Conversation {
  const open: Open = { count: 0, ids: [] }
  const config = object(body, 'generationConfig') ?? {}
  return {
    turns: joinTurns(objects(body, 'contents').flatMap((content) => turnsOf(content, open, sealer))),
    tools: objects(body, 'tools').flatMap((tool) => objects(tool, 'functionDeclarations').map(toolOf)),
    wantsJson: text(config, 'responseMimeType') === 'application/json',
    // What a client must bring back is the signature, which is checked before; thoughts themselves it need not.
    thinkingReturns: 'with-calls',
  }
}

function toolOf(declaration: JsonObject): OfferedTool {
  const schema = object(declaration, 'parametersJsonSchema') ?? object(declaration, 'parameters') ?? {}
  const properties = Object.keys(object(schema, 'properties') ?? {})
  return { name: text(declaration, 'name') ?? '', kind: 'function', properties }
}

function turnsOf(content: JsonObject, open: Open, sealer: Sealer): Turn[] {
  const parts = objects(content, 'parts')
  if (text(content, 'role') === 'model') return [modelTurn(parts, open, sealer)]
  const results = parts.flatMap((part) => resultOf(part, open))
  const words = parts.map((part) => text(part, 'text') ?? '').filter((said) => said !== '')
  return [
    ...(results.length === 0 ? [] : [{ type: 'results', results } as const]),
    ...(words.length === 0 ? [] : [{ type: 'user', text: words.join('\n') } as const]),
  ]
}

function modelTurn(parts: readonly JsonObject[], open: Open, sealer: Sealer): Turn {
  const signed = parts.map((part) => text(part, 'thoughtSignature')).find((one) => one !== undefined)
  const calls = parts.flatMap((part): PastCall[] => {
    const call = object(part, 'functionCall')
    if (call === undefined) return []
    open.count += 1
    const id = text(call, 'id') ?? `call ${open.count}`
    const name = text(call, 'name') ?? ''
    open.ids.push({ id, name })
    return [{ id, name, input: object(call, 'args') ?? {} }]
  })
  const words = parts.map((part) => (part['thought'] === true ? '' : (text(part, 'text') ?? '')))
  return {
    type: 'assistant',
    thinking: signed === undefined ? '' : (sealer.open(signed, 'base64') ?? ''),
    text: words.join(''),
    calls,
  }
}

function resultOf(part: JsonObject, open: Open): PastResult[] {
  const response = object(part, 'functionResponse')
  if (response === undefined) return []
  const told = text(response, 'id')
  const name = text(response, 'name')
  const at = open.ids.findIndex((call) => (told === undefined ? call.name === name : call.id === told))
  const [call] = at < 0 ? [] : open.ids.splice(at, 1)
  const result = Object.values(object(response, 'response') ?? {})
  return [
    { id: call?.id ?? '', text: result.map((value) => (typeof value === 'string' ? value : '')).join('') },
  ]
}
