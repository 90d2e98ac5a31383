// What the first requests of Claude Code and Codex, and those after a tool, become for each vendor. The outlines hold no
// text of a prompt; they are reviewed by a person whenever they change.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, object, parseJson } from '../../src/base/json.js'
import { dialectOf, resolveChannels } from '../../src/config/channels.js'
import { loadPresets, type Preset } from '../../src/config/presets.js'
import { configSchema, PROTOCOLS, type Protocol } from '../../src/config/schema.js'
import { codecOf } from '../../src/protocol/registry.js'
import { translateRequest } from '../../src/protocol/translate.js'
import { outline } from './outline.js'

const captures = process.env['AXONHUB_CAPTURES']
const title = captures === undefined ? ' (skipped because AXONHUB_CAPTURES is not set)' : ''
const presets = loadPresets()

const REQUESTS: readonly (readonly [what: string, file: string, from: Protocol])[] = [
  ['Claude Code, first', 'claude-code/first-request-print.json', 'anthropic-messages'],
  ['Claude Code, after a tool', 'claude-code/followup-after-tool.json', 'anthropic-messages'],
  ['Codex, first', 'codex/req-gpt-5.5-1-first.json', 'openai-responses'],
  ['Codex, after a tool', 'codex/req-gpt-5.5-2-tool-output.json', 'openai-responses'],
]

function captured(file: string): JsonObject {
  const value = parseJson(readFileSync(join(captures ?? '', file), 'utf8'))
  const body = isObject(value) ? object(value, 'body') : undefined
  if (body === undefined) throw new Error(`${file} has no body`)
  return body
}

/** A model of the preset: the first that is known, else one of the kind that people use there. */
function modelOf(preset: Preset): string {
  const usual = { openrouter: 'anthropic/claude-opus-5.5', 'azure-openai': 'gpt-6.1-sol' }
  return (
    preset.models[0]?.id ?? Object.entries(usual).find(([name]) => name === preset.name)?.[1] ?? 'qwen3-coder'
  )
}

function told(preset: Preset): string {
  const protocols = PROTOCOLS.filter(
    (protocol) =>
      (preset.endpoint_form === undefined ? preset.endpoints : preset.dialect)[protocol] !== undefined,
  )
  const endpoints = Object.fromEntries(protocols.map((protocol) => [protocol, 'http://127.0.0.1:1/v1']))
  const config = configSchema.parse({ channels: [{ name: 'up', provider: preset.name, endpoints }] })
  const [channel] = resolveChannels(config, presets)
  if (channel === undefined) throw new Error('no channel')
  const model = modelOf(preset)
  const parts = REQUESTS.flatMap(([what, file, from]) =>
    protocols.map((to) => {
      const head = `## ${what}, to ${to}`
      if (from === to) return `${head}\nrelayed as it came`
      const { wire, notes } = translateRequest({
        from: codecOf(from),
        to: codecOf(to),
        body: captured(file),
        model,
        dialect: dialectOf(channel, to, model),
        footprint: 'test',
      })
      return `${head}\n${outline(wire.body, notes)}`
    }),
  )
  return `${parts.join('\n\n')}\n`
}

describe.skipIf(captures === undefined)(`the requests that vendors get${title}`, () => {
  // A preset that serves no model gets no request.
  const serving = [...presets.values()].filter(({ serves }) => serves?.length !== 0)
  it.each(serving)('$name', async (preset) => {
    await expect(told(preset)).toMatchFileSnapshot(`__snapshots__/${preset.name}.txt`)
  })
})
