// What a dialect says of fields: forbidden, limited, renamed, given where absent.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.js'
import type { Dialect } from '../../src/protocol/dialect.js'
import { applyDialect } from '../../src/protocol/dialect-body.js'
import type { Note } from '../../src/protocol/ir/note.js'
import { withLessons } from '../../src/protocol/learning/lessons.js'

function applied(body: JsonObject, dialect: Dialect) {
  const notes: Note[] = []
  return { body: applyDialect(body, dialect, notes), notes: notes.map(({ path }) => path) }
}

describe('fields of a body', () => {
  it('are left out by name and by path, through lists, with a note', () => {
    const messages = [
      { role: 'user', name: 'ada', content: [{ type: 'text', cache_control: {} }] },
      { role: 'tool', content: 'x' },
    ]
    const { body, notes } = applied(
      { seed: 1, messages },
      { forbid: ['seed', 'messages.name', 'messages.content.cache_control', 'tools.strict', 'stop'] },
    )
    expect(body).toEqual({
      messages: [
        { role: 'user', content: [{ type: 'text' }] },
        { role: 'tool', content: 'x' },
      ],
    })
    expect(notes).toEqual(['seed', 'messages.name', 'messages.content.cache_control'])
  })

  it('are left out without a word when nobody misses them', () => {
    const body = { stream_options: { include_usage: true }, prompt_cache_key: 'k' }
    expect(applied(body, { forbid: ['stream_options', 'prompt_cache_key'] })).toEqual({ body: {}, notes: [] })
  })

  it.each([
    [1.5, 1],
    [0, 0.01],
    [0.5, 0.5],
    ['hot', 'hot'],
  ])('of value %s become %s inside of the limits', (temperature, expected) => {
    const { body, notes } = applied(
      { temperature },
      { clamp: { temperature: { min: 0.01, max: 1 }, top_p: {} } },
    )
    expect(body).toEqual({ temperature: expected })
    expect(notes).toEqual(temperature === expected ? [] : ['temperature'])
  })

  it('get the name that the vendor has for them, in their place', () => {
    const { body } = applied({ model: 'm', seed: 3, stream: true }, { rename: { seed: 'random_seed' } })
    expect(JSON.stringify(body)).toBe('{"model":"m","random_seed":3,"stream":true}')
  })

  it('are given where they are absent, members only where there is something to be a member of', () => {
    const dialect: Dialect = {
      defaults: { tool_stream: true, 'thinking.clear_thinking': false, max_tokens: 9 },
    }
    expect(applied({ max_tokens: 5 }, dialect).body).toEqual({ max_tokens: 5, tool_stream: true })
    expect(applied({ thinking: { type: 'enabled' } }, dialect).body['thinking']).toEqual({
      type: 'enabled',
      clear_thinking: false,
    })
  })

  it('stay as they are in a dialect that says nothing', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => {
        const json: JsonObject = JSON.parse(JSON.stringify(body))
        expect(applied(json, {})).toEqual({ body: json, notes: [] })
      }),
    )
  })
})

describe('a lesson', () => {
  it.each<[string, Dialect, Dialect]>([
    ['stream_options', {}, { forbid: ['stream_options'] }],
    ['role:developer', { developerRole: true }, { developerRole: false }],
    ['role:system', {}, { systemMessages: false }],
    ['reasoning_content:required', {}, { replayReasoning: 'always' }],
    ['response_format.json_schema', {}, { jsonSchema: false }],
    ['tools.strict', {}, { strictTools: false }],
    ['tool_choice', {}, { toolChoice: 'auto', forbid: ['tool_choice'] }],
    ['max_tokens', {}, { maxTokensField: 'max_completion_tokens', forbid: ['max_tokens'] }],
    [
      'max_completion_tokens',
      { maxTokensField: 'max_completion_tokens' },
      { maxTokensField: 'max_tokens', forbid: ['max_completion_tokens'] },
    ],
    ['efforts:high,low', { efforts: ['none'] }, { efforts: ['low', 'high'] }],
    ['seed', { forbid: ['seed'] }, { forbid: ['seed'] }],
  ])('about %s changes %j into %j', (lesson, before, after) => {
    expect(withLessons(before, [lesson])).toEqual(after)
  })

  it('about both names of the limit leaves it out', () => {
    const taught = withLessons({}, ['max_tokens', 'max_completion_tokens'])
    expect(taught.forbid?.toSorted()).toEqual(['max_completion_tokens', 'max_tokens'])
  })

  it('changes nothing a second time, and the order does not matter', () => {
    const lesson = fc.constantFrom(
      'stream_options',
      'role:developer',
      'tool_choice',
      'max_tokens',
      'seed',
      'cache_control',
    )
    fc.assert(
      fc.property(fc.uniqueArray(lesson), (lessons) => {
        const taught = withLessons({ developerRole: true }, lessons)
        expect(withLessons({ developerRole: true }, lessons.toReversed())).toEqual(taught)
      }),
    )
  })
})
