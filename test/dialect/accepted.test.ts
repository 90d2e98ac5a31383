// What every captured request becomes is accepted by strict models of the vendors: nothing is left to be learned.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, object, parseJson, text } from '../../src/base/json.js'
import { dialectOf, resolveChannels } from '../../src/config/channels.js'
import { loadPresets } from '../../src/config/presets.js'
import { configSchema, type Protocol } from '../../src/config/schema.js'
import { codecOf } from '../../src/protocol/registry.js'
import { translateRequest } from '../../src/protocol/translate.js'
import { validateAnthropic } from '../support/upstream/anthropic/validate-request.js'
import {
  type ChatFlavour,
  DEEPSEEK_FLAVOUR,
  OPENAI_FLAVOUR,
  PLAIN_FLAVOUR,
} from '../support/upstream/openai-chat/flavour.js'
import { validateChat } from '../support/upstream/openai-chat/validate.js'
import { validateResponses } from '../support/upstream/openai-responses/validate.js'
import { sealer } from '../support/upstream/seal.js'

const captures = process.env['AXONHUB_CAPTURES']
const title = captures === undefined ? ' (skipped because AXONHUB_CAPTURES is not set)' : ''
const presets = loadPresets()

type Captured = { readonly name: string; readonly from: Protocol; readonly body: JsonObject }

function requestsIn(folder: string, from: Protocol): Captured[] {
  const path = join(captures ?? '', folder)
  if (captures === undefined || !existsSync(path)) return []
  return readdirSync(path).flatMap((name) => {
    const parsed = name.endsWith('.json') ? parseJson(readFileSync(join(path, name), 'utf8')) : undefined
    const body = isObject(parsed) ? object(parsed, 'body') : undefined
    const url = isObject(parsed) ? (text(parsed, 'url') ?? '') : ''
    return body !== undefined && /\/(messages|responses)(\?|$)/.test(url)
      ? [{ name: `${folder}/${name}`, from, body }]
      : []
  })
}

const all = [...requestsIn('claude-code', 'anthropic-messages'), ...requestsIn('codex', 'openai-responses')]

/** The body for a model of a provider; without a provider: for a server of which nothing is known. */
function converted({ from, body }: Captured, to: Protocol, model: string, provider?: string) {
  const channel = provider === undefined ? { endpoints: { [to]: 'http://127.0.0.1:1/v1' } } : { provider }
  const config = configSchema.parse({ channels: [{ name: 'up', ...channel }] })
  const [found] = resolveChannels(config, presets)
  if (found === undefined) throw new Error('no channel')
  const dialect = dialectOf(found, to, model)
  return translateRequest({ from: codecOf(from), to: codecOf(to), body, model, dialect, footprint: 'f' }).wire
}

const BEARER = { authorization: 'Bearer k' }

describe.skipIf(captures === undefined)(`captured requests${title}`, () => {
  const chats: [string | undefined, string, ChatFlavour][] = [
    ['openai', 'gpt-6.1-sol', OPENAI_FLAVOUR],
    ['deepseek', 'deepseek-v4-pro', DEEPSEEK_FLAVOUR],
    [undefined, 'any', PLAIN_FLAVOUR],
  ]
  describe.each(chats)('to the chat endpoint of %s', (provider, model, flavour) => {
    it.each(all)('$name', (captured) => {
      const { body } = converted(captured, 'openai-chat', model, provider)
      expect(validateChat(body, BEARER, flavour)).toEqual([])
    })
  })

  it.each(all.filter(({ from }) => from !== 'openai-responses'))(
    'to the Responses endpoint of OpenAI: $name',
    (captured) => {
      const { body } = converted(captured, 'openai-responses', 'gpt-6.1-sol', 'openai')
      expect(validateResponses(body, BEARER, sealer('one'))).toEqual([])
    },
  )

  it.each(all.filter(({ from }) => from !== 'anthropic-messages'))('to Anthropic: $name', (captured) => {
    for (const model of ['claude-opus-5-5', 'claude-opus-4-8', 'claude-sonnet-4-6', 'claude-haiku-4-5']) {
      const { body, headers } = converted(captured, 'anthropic-messages', model, 'anthropic')
      expect(
        validateAnthropic(
          body,
          { ...headers, 'content-type': 'application/json', 'x-api-key': 'k' },
          sealer('one'),
        ),
      ).toEqual([])
    }
  })
})
