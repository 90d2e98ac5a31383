// What the requests of Gemini CLI say of themselves (docs/clients.md, 0.61.0). They name no session, so a conversation is
// known by how it began: the context and the first words of the user, which every request repeats. Pure.

import { createHash } from 'node:crypto'
import { isObject, list, parseJson, text } from '../base/json.js'
import { elements, textAt } from '../protocol/json-spans.js'
import type { RequestPurpose } from '../store/record.js'
import type { Glance } from './glance.js'

/** The client opens with its context, and asks in the same content or in the next. */
const OPENING = 3

/** One word for all requests of a conversation; undefined for a body that has no beginning. */
export function geminiConversation(glance: Glance | undefined): string | undefined {
  const contents = glance?.bytes('contents')
  const spans = contents === undefined ? undefined : elements(contents, { start: 0, end: contents.length })
  if (contents === undefined || spans === undefined) return undefined
  const words: string[] = []
  for (const span of spans.slice(0, OPENING)) {
    const content = parseJson(textAt(contents, span))
    if (!isObject(content) || text(content, 'role') !== 'user') break
    for (const part of list(content, 'parts')) if (isObject(part)) words.push(text(part, 'text') ?? '')
  }
  if (words.every((word) => word === '')) return undefined
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 32)
}

export type GeminiFacts = { readonly purpose?: RequestPurpose; readonly directory?: string }

/** Before a turn the client asks a small model how hard it is, whole and without tools (`auto` models only). */
export function geminiFacts(glance: Glance | undefined): GeminiFacts {
  if (glance === undefined) return {}
  const aside = !glance.stream && glance.bytes('tools') === undefined
  const head = glance.bytes('contents')?.subarray(0, 4096).toString('utf8')
  const directory = /\*\*Workspace Directories:\*\*\\n +- (.+?)\\n/.exec(head ?? '')?.[1]
  return {
    ...(aside ? { purpose: 'other' } : {}),
    ...(directory === undefined ? {} : { directory: directory.replaceAll('\\\\', '\\') }),
  }
}
