// Bodies of the real Claude Code and recorded answers of the real API, when they are at hand.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, type JsonValue, objects, text, without } from '../../../src/base/json.js'
import { anthropicMessages } from '../../../src/protocol/anthropic/codec.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import { sseParser } from '../../../src/protocol/sse/parse.js'
import { again, decode, decodeAll, decodeContext, encodeAll, encodeContext, parsed } from './support.js'

const captures = process.env['AXONHUB_CAPTURES']

function files(folder: string, ending: string): string[] {
  if (captures === undefined) return []
  return readdirSync(join(captures, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(captures, folder, name))
}

function bodies(): { name: string; body: JsonObject }[] {
  return files('claude-code', '.json').flatMap((path) => {
    const body = parsed(readFileSync(path, 'utf8'))['body']
    return isObject(body) && Array.isArray(body['messages']) ? [{ name: path, body }] : []
  })
}

/** The listed normalisations, applied to what the agent sent. */
function normal(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(normal)
  if (!isObject(value)) return value
  const result: JsonObject = {}
  for (const [key, member] of Object.entries(value)) {
    if (key === 'is_error' && member === false) continue
    result[key] = normal(member)
  }
  const content = result['content']
  if (result['role'] !== undefined && result['role'] !== 'system' && typeof content === 'string') {
    result['content'] = [{ type: 'text', text: content }]
  }
  return result
}

describe.skipIf(captures === undefined)(
  'real bodies and answers (skipped because AXONHUB_CAPTURES is not set)',
  () => {
    it.each(bodies())('decodes and encodes $name to the same body', ({ body }) => {
      const expected = normal(body)
      if (!isObject(expected)) throw new Error('a body is an object')
      const lists = Array.isArray(body['tools']) && body['tools'].length === 0 ? ['tools'] : []
      const { max_tokens: limit, ...result } = again(body)
      expect(result).toEqual(without(expected, [...lists, 'max_tokens']))
      expect(limit).toBe(body['max_tokens'] ?? 32_000)
    })

    it.each(bodies())('gives the same bytes each time for $name', ({ body }) => {
      expect(JSON.stringify(again(body))).toBe(JSON.stringify(again(structuredClone(body))))
    })

    it.each(bodies())('names the conversation of $name by its session', ({ body }) => {
      if (body['metadata'] === undefined) return
      expect(decode(body).cacheKey).toMatch(/^[0-9a-f-]{36}$/)
    })

    it.each(files('recorded/anthropic-messages', '.sse'))('reads the stream %s without loss', (path) => {
      const parser = sseParser()
      const events = [...parser.push(readFileSync(path)), ...parser.end()]
      const decoded = decodeAll(events)
      expect(decoded.at(-1)?.type).toBe('finish')
      const whole = collect(decoded)
      expect(collect(replay(whole))).toEqual(whole)
      const told = encodeAll(decoded)
      expect(told.notes).toEqual([])
      const second = collect(decodeAll(told.events))
      expect(second.parts.filter(shown)).toEqual(whole.parts.filter(shown).map(withoutCaller))
      expect(second.usage).toEqual(whole.usage)
      expect(second.finish).toEqual(whole.finish)
    })

    it.each(files('recorded/anthropic-messages', '.json'))('reads the answer %s without loss', (path) => {
      const body = parsed(readFileSync(path, 'utf8'))
      const decoded = anthropicMessages.client.decodeResponse(body, decodeContext())
      const told = anthropicMessages.server.encodeResponse(decoded, encodeContext())
      expect(told.notes).toEqual([])
      expect(objects(told.value, 'content')).toEqual(objects(body, 'content'))
      expect(told.value['usage']).toEqual(body['usage'])
      expect(told.value['id']).toBe(text(body, 'id'))
      expect(told.value['stop_reason']).toBe(text(body, 'stop_reason'))
    })
  },
)

/** Empty texts are not sent on. */
function shown(part: { type: string; text?: string }): boolean {
  return part.type !== 'text' || part.text !== ''
}

/** Who called a tool stands in the start of its block, where the IR has no carry. */
function withoutCaller<T>(part: T): T | Omit<T, 'carry'> {
  if (!isObject(part) || part['type'] !== 'tool-call') return part
  const { carry: _, ...rest } = part
  return rest
}
