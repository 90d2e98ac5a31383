// The validators and the real clients agree: bodies that Codex CLI and Claude Code really sent are refused for
// nothing but reasoning that this server did not seal.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, object, parseJson, text } from '../../src/base/json.js'
import { validateAnthropic } from '../support/upstream/anthropic/validate-request.js'
import { validateResponses } from '../support/upstream/openai-responses/validate.js'
import { sealer } from '../support/upstream/seal.js'

const captures = process.env['AXONHUB_CAPTURES'] ?? ''
const FOREIGN_REASONING = /Invalid `(signature|data)`|could not be verified/

type Captured = { readonly name: string; readonly body: JsonObject; readonly headers: Record<string, string> }

/** The generate requests of a folder: those with a list of messages or input, and an answer wanted. */
function requestsIn(folder: string): Captured[] {
  const path = join(captures, folder)
  if (captures === '' || !existsSync(path)) return []
  return readdirSync(path)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const parsed = parseJson(readFileSync(join(path, name), 'utf8'))
      const capture = isObject(parsed) ? parsed : {}
      const body = object(capture, 'body')
      const url = text(capture, 'url') ?? ''
      if (body === undefined || !/\/(messages|responses)(\?|$)/.test(url)) return []
      const sent = object(capture, 'headers') ?? {}
      const headers = Object.keys(sent).map((key) => [key, text(sent, key) ?? ''])
      return [{ name, body, headers: Object.fromEntries(headers) }]
    })
}

describe.skipIf(captures === '')('captured requests (skipped when AXONHUB_CAPTURES is not set)', () => {
  it.each(requestsIn('claude-code'))(
    'of Claude Code pass the Anthropic validator: $name',
    ({ body, headers }) => {
      const findings = validateAnthropic(body, headers, sealer('one'))
      expect(findings.filter((finding) => !FOREIGN_REASONING.test(finding))).toEqual([])
    },
  )

  it.each(requestsIn('codex'))('of Codex pass the Responses validator: $name', ({ body, headers }) => {
    const findings = validateResponses(body, headers, sealer('one'))
    expect(findings.filter((finding) => !FOREIGN_REASONING.test(finding))).toEqual([])
  })
})
