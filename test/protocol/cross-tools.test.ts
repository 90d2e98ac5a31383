// Codex's tools on upstreams that know only functions: offered as functions, called, and back as what they were.
import { describe, expect, it } from 'vitest'
import type { IrEvent } from '../../src/protocol/ir/event.js'
import { translateRequest } from '../../src/protocol/translate.js'
import { answeredBytes, crossed, FULL, pairs, question, spoken, UPSTREAM_MODEL } from './crossing.js'
import { requests } from './fixture-files.js'
import { answerOf, FOOTPRINT, told } from './reading.js'

const fromCodex = pairs.filter((pair) => pair.from.id === 'openai-responses')
const body = (name: string) => requests('openai-responses').find((file) => file.name === name)?.body ?? {}

/** An upstream that calls these functions, their arguments in small pieces and at the same time. */
function calling(calls: readonly (readonly [string, string])[]): IrEvent[] {
  return [
    { type: 'start', id: 'r1', model: 'real' },
    ...calls.flatMap(([name, input], index): IrEvent[] => [
      { type: 'tool-call-start', index, id: `call_${index}`, kind: 'function', name },
      ...(input.match(/.{1,3}/gs) ?? []).map(
        (piece) => ({ type: 'tool-call-delta', index, input: piece }) as const,
      ),
      { type: 'tool-call-end', index },
    ]),
    { type: 'finish', reason: 'tool-calls' },
  ]
}

const patch = '*** Begin Patch\n+say "hi" \\o/ 🦜\n*** End Patch\n'

describe.each(fromCodex)('$pair', (pair) => {
  it('offers every tool under a name that the upstream accepts', () => {
    const { upstreamRequest, wire } = crossed(pair, body('conversation'))
    const names = upstreamRequest.tools.filter((tool) => tool.type !== 'server').map((tool) => tool.name)
    expect(names).toEqual([
      'exec_command',
      'apply_patch',
      'multi_agent_v1__spawn_agent',
      'multi_agent_v1__wait_agent',
      'tool_search',
      'mcp__notes__list',
    ])
    for (const name of names) expect(JSON.stringify(wire.body['tools'])).toContain(`"${name}"`)
    expect(JSON.stringify(wire.body['tools'])).not.toMatch(
      /"(?:custom|namespace|tool_search|grammar)"\s*[,}]?(?=.*"type")^/,
    )
  })

  it('gives Codex its calls back in the kinds it knows', () => {
    const translated = crossed(pair, body('conversation'))
    const upstream = spoken(
      pair.to,
      calling([
        ['exec_command', '{"cmd":"ls"}'],
        ['apply_patch', JSON.stringify({ input: patch })],
        ['multi_agent_v1__spawn_agent', '{"message":"go"}'],
        ['tool_search', '{"query":"notes"}'],
        ['mcp__notes__list', '{}'],
        ['wait_agent', '{}'],
      ]),
    )
    expect(told(answerOf(pair.from, answeredBytes(translated, upstream)))).toEqual([
      'function exec_command: {"cmd":"ls"}',
      `custom apply_patch: ${patch}`,
      'function multi_agent_v1/spawn_agent: {"message":"go"}',
      'search tool_search: {"query":"notes"}',
      'function mcp__notes/list: {}',
      'function multi_agent_v1/wait_agent: {}',
    ])
  })

  it('lets code mode run: the free text of exec comes back as it was written', () => {
    const translated = crossed(pair, body('lite'))
    const code = 'const r = await tools.exec_command({ cmd: "ls" })\ntext(r.output)'
    const [exec] = translated.upstreamRequest.tools
    const upstream = spoken(pair.to, calling([[exec?.name ?? '', JSON.stringify({ input: code })]]))
    expect(told(answerOf(pair.from, answeredBytes(translated, upstream)))).toEqual([
      `custom functions/exec: ${code}`,
    ])
  })
})

describe('an upstream that knows all kinds of tools', () => {
  it('gets the tools of Codex as they are, and its calls reach Codex unchanged', () => {
    const [pair] = fromCodex.filter(({ to }) => to.id === 'openai-responses')
    if (pair === undefined) throw new Error('no such pair')
    const asked = body('conversation')
    const translated = translateRequest({
      ...pair,
      body: asked,
      model: UPSTREAM_MODEL,
      dialect: FULL,
      footprint: FOOTPRINT,
    })
    expect(translated.wire.body['tools']).toEqual(asked['tools'])
    const events: IrEvent[] = [
      { type: 'start' },
      { type: 'tool-call-start', index: 0, id: 'c', kind: 'custom', name: 'apply_patch' },
      { type: 'tool-call-delta', index: 0, input: '{"input":"as it is"}' },
      { type: 'tool-call-end', index: 0 },
      { type: 'finish', reason: 'tool-calls' },
    ]
    expect(told(answerOf(pair.from, answeredBytes(translated, spoken(pair.to, events))))).toEqual([
      'custom apply_patch: {"input":"as it is"}',
    ])
  })
})

describe.each(pairs.filter(({ from, to }) => from !== to && to.id === 'openai-responses'))(
  '$pair',
  (pair) => {
    it('calls a tool by its own name, whatever namespace the provider has put it in', () => {
      const call: IrEvent[] = [
        { type: 'start' },
        { type: 'tool-call-start', index: 0, id: 'c', kind: 'function', name: 'look', namespace: 'look' },
        { type: 'tool-call-delta', index: 0, input: '{}' },
        { type: 'tool-call-end', index: 0 },
        { type: 'finish', reason: 'tool-calls' },
      ]
      const read = answerOf(
        pair.from,
        answeredBytes(crossed(pair, question(pair.from)), spoken(pair.to, call)),
      )
      expect(told(read)).toEqual(['function look: {}'])
    })
  },
)
