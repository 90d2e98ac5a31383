// Our envelopes never reach an upstream by relay; all other bytes do.
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasEnvelope, stripEnvelopes } from '../../../src/protocol/envelopes.js'
import type { ProtocolId } from '../../../src/protocol/ids.js'
import { sealEnvelope } from '../../../src/protocol/ir/seal.js'

const envelope = sealEnvelope({ maker: 'openai-responses', footprint: 'f', data: 'gAAAA' })
const stripped = (protocol: ProtocolId, source: string) =>
  Buffer.from(stripEnvelopes(protocol, Buffer.from(source, 'utf8'))).toString('utf8')

const ours = `{"type":"thinking","thinking":"t","signature":"${envelope}"}`
const redacted = `{"type": "redacted_thinking" , "data":"${envelope}"}`
const theirs = '{"type":"thinking","thinking":"t","signature":"EqQBCkgIAxABGAI"}'
const words = '{"type":"text","text":"n: 12345678901234567890"}'
const talk = (...contents: string[]) =>
  `{"big":12345678901234567890, "messages":[${contents.join(' ,\n')}],"x":1,"x":2}`
const assistant = (...blocks: string[]) => `{"role":"assistant","content":[${blocks.join(', ')}]}`
const user = '{"role":"user","content":"hello"}'

describe('stripping Anthropic messages', () => {
  it.each<[string, string, string]>([
    ['a block in front', talk(user, assistant(ours, words)), talk(user, assistant(words))],
    ['a block at the end', talk(assistant(words, redacted)), talk(assistant(words))],
    [
      'several in a row',
      talk(assistant(theirs, ours, redacted, words, ours, ours)),
      talk(assistant(theirs, words)),
    ],
    ['a message that is left empty', talk(user, assistant(ours, redacted), user), talk(user, user)],
    ['the last message left empty', talk(user, assistant(ours)), talk(user)],
    ['every message', talk(assistant(ours), assistant(ours)), talk()],
    [
      'blocks of several messages',
      talk(assistant(ours, words), assistant(ours), assistant(words, ours)),
      talk(assistant(words), assistant(words)),
    ],
  ])('takes out %s', (_, source, expected) => {
    expect(stripped('anthropic-messages', source)).toBe(expected)
  })

  it('leaves what only looks like an envelope', () => {
    const quoted = talk(`{"role":"user","content":[{"type":"text","text":"${envelope}"}]}`, user)
    expect(stripped('anthropic-messages', quoted)).toBe(quoted)
    const damaged = talk(assistant(ours.replace(envelope, 'axonhub.1.!'), words))
    expect(stripped('anthropic-messages', damaged)).toBe(damaged)
  })
})

describe('stripping Responses input', () => {
  const item = `{"type":"reasoning","summary":[],"encrypted_content":"${envelope}"}`
  const real = '{"type":"reasoning","summary":[],"encrypted_content":"gAAAAAB"}'
  const message = '{"type":"message","role":"user","content":[]}'

  it('takes out the reasoning items that are ours', () => {
    expect(stripped('openai-responses', `{"input":[${message},${item},${real},${item}], "a":1}`)).toBe(
      `{"input":[${message},${real}], "a":1}`,
    )
  })

  it('leaves an input that is a text alone', () => {
    const source = `{"input":"${envelope}"}`
    expect(stripped('openai-responses', source)).toBe(source)
  })
})

describe('stripping Chat Completions messages', () => {
  it('takes out the details that are ours and leaves the text of the reasoning', () => {
    const detail = `{"type":"reasoning.encrypted","data":"${envelope}"}`
    const real = '{"type":"reasoning.encrypted","data":"abc"}'
    const message = (details: string) =>
      `{"role":"assistant","reasoning_content":"t","reasoning_details":[${details}],"content":"x"}`
    expect(stripped('openai-chat', talk(user, message(`${detail},${real}`), message(detail)))).toBe(
      talk(user, message(real), message('')),
    )
  })
})

describe('stripping the signatures of Gemini', () => {
  const thought = `{"text":"Hm.","thought":true,"thoughtSignature":"${envelope}"}`
  const alone = `{"text": "", "thoughtSignature": "${envelope}"}`
  const spoken = '{"text":"Yes.","n":12345678901234567890}'
  const call = (signature: string) => `{"functionCall":{"name":"f"},"thoughtSignature":${signature}}`
  const contents = (...told: string[]) => `{"contents":[${told.join(' ,\n')}],"x":1}`
  const model = (...parts: string[]) => `{"role":"model","parts":[${parts.join(', ')}]}`
  const asked = '{"role":"user","parts":[{"text":"hello"}]}'

  it.each<[string, string, string]>([
    ['thoughts before words', contents(asked, model(thought, spoken)), contents(asked, model(spoken))],
    [
      'the envelope of a call, which needs a word in its place',
      contents(asked, model(thought, call(`"${envelope}"`))),
      contents(asked, model(call('"skip_thought_signature_validator"'))),
    ],
    [
      'a content that held nothing but thoughts, because one without parts is refused',
      contents(asked, model(thought, alone), asked),
      contents(asked, asked),
    ],
    ['the same at the end', contents(asked, model(alone)), contents(asked)],
    [
      'those of a request that is wrapped by a question for its tokens',
      `{"generateContentRequest":${contents(asked, model(thought, spoken))}}`,
      `{"generateContentRequest":${contents(asked, model(spoken))}}`,
    ],
  ])('takes out %s', (_, source, expected) => {
    expect(stripped('gemini', source)).toBe(expected)
  })
})

describe('the laws of stripping', () => {
  const block = fc.constantFrom(ours, redacted, theirs, words)
  const message = fc.oneof(
    fc.constant(user),
    fc.array(block, { minLength: 1, maxLength: 4 }).map((blocks) => assistant(...blocks)),
  )

  it('leaves valid JSON with just the other blocks, and strips nothing twice', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), (contents) => {
        const once = stripped('anthropic-messages', talk(...contents))
        const expected = contents
          .map((content) => content.replaceAll(ours, '').replaceAll(redacted, ''))
          .map((content) =>
            content.replaceAll(
              /\[(?:, )+|(?:, )+\]|(?:, ){2,}/g,
              (commas) => commas.replaceAll(', ', '') || ', ',
            ),
          )
          .filter((content) => !content.includes('[]'))
        expect(JSON.parse(once)).toEqual(JSON.parse(talk(...expected)))
        expect(stripped('anthropic-messages', once)).toBe(once)
        expect(hasEnvelope(Buffer.from(once))).toBe(false)
      }),
    )
  })

  it('hands back the same bytes when there is nothing to strip', () => {
    const body = Buffer.from(talk(user))
    expect(stripEnvelopes('anthropic-messages', body)).toBe(body)
    expect(hasEnvelope(body)).toBe(false)
  })
})
