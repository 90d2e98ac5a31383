// Sealed reasoning goes through an agent of any protocol and back to its maker, and to no one else.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.js'
import { stripEnvelopes } from '../../src/protocol/envelopes.js'
import type { ProtocolId } from '../../src/protocol/ids.js'
import { nextBody } from './agent-echo.js'
import { answeredBytes, crossed, type Pair, pairs, question } from './crossing.js'
import { streams } from './fixture-files.js'
import { parsed } from './reading.js'

type Sealed = { readonly file: string; readonly words: string; readonly seals: readonly string[] }

/** For each maker: an answer that thought and called tools, what it thought, and the proofs of that. */
const SEALED: Readonly<Record<ProtocolId, Sealed>> = {
  'anthropic-messages': {
    file: 'everything',
    words: 'The user wants two files 🦜.',
    seals: ['EqQBCkgIAxABGAIiQL+sig/==', 'EmwKAhgBEgyRedacted=='],
  },
  'openai-responses': {
    file: 'everything',
    words: 'The user wants two files 🦜.',
    seals: ['gAAAAABpEncrypted=='],
  },
  'openai-chat': { file: 'reasoning-details', words: 'Let me see.', seals: ['ErUBsigOR==', 'gAAAAABencOR'] },
  gemini: { file: 'everything', words: 'The user wants two files 🦜.', seals: ['CikBjzGemSig=='] },
}

/** The agent's next request, after it was given this answer. */
function nextRequest(pair: Pair, file = SEALED[pair.to.id].file): JsonObject {
  const asked = question(pair.from)
  const answer = streams(pair.to.id).find(({ name }) => name === file)?.bytes ?? new Uint8Array(0)
  return nextBody(pair.from.id, asked, parsed([answeredBytes(crossed(pair, asked), answer)]))
}

const foreign = pairs.filter((pair) => pair.from !== pair.to)

describe.each(foreign)('$pair: sealed reasoning', (pair) => {
  const { seals, words } = SEALED[pair.to.id]

  it('comes back to its maker as it was, with its text', () => {
    const wire = JSON.stringify(crossed(pair, nextRequest(pair)).wire.body)
    for (const seal of seals) expect(wire).toContain(seal)
    expect(wire).toContain(words)
    expect(wire).not.toContain('axonhub.1.')
  })

  it('is not shown to the agent but in an envelope', () => {
    const body = JSON.stringify(nextRequest(pair))
    for (const seal of seals) expect(body).not.toContain(seal)
    expect(body).toContain('axonhub.1.')
  })

  it('goes to no other channel, and that is noted', () => {
    const { wire, notes } = crossed(pair, nextRequest(pair), { footprint: 'channel-b' })
    for (const seal of seals) expect(JSON.stringify(wire.body)).not.toContain(seal)
    expect(notes.map((note) => note.reason).join(' ')).toMatch(/reasoning|thinking|seal|signature/)
  })

  it('goes to no other protocol, nor by relay to an upstream of the agent’s own', () => {
    const body = nextRequest(pair)
    for (const other of pairs.filter(({ from, to }) => from === pair.from && to !== pair.to)) {
      const wire = JSON.stringify(crossed(other, body).wire.body)
      for (const seal of seals) expect(wire).not.toContain(seal)
    }
    const relayed = Buffer.from(stripEnvelopes(pair.from.id, Buffer.from(JSON.stringify(body)))).toString(
      'utf8',
    )
    expect(relayed).not.toContain('axonhub.1.')
    expect(() => pair.from.server.decodeRequest(JSON.parse(relayed))).not.toThrow()
  })
})

describe('the details of a Chat Completions upstream', () => {
  it.each(foreign.filter((pair) => pair.to.id === 'openai-chat'))(
    '$pair: come back unmodified and in order',
    (pair) => {
      expect(JSON.stringify(crossed(pair, nextRequest(pair)).wire.body)).toContain(
        JSON.stringify([
          {
            type: 'reasoning.text',
            text: 'Let me see.',
            format: 'anthropic-claude-v1',
            index: 0,
            signature: 'ErUBsigOR==',
          },
          {
            type: 'reasoning.encrypted',
            data: 'gAAAAABencOR',
            id: 'rs_or',
            format: 'openai-responses-v1',
            index: 1,
          },
        ]),
      )
    },
  )
})

describe.each(foreign.filter((pair) => pair.to.id === 'openai-chat'))('$pair: open reasoning', (pair) => {
  it('is marked, so that no relay hands it to a maker of proofs', () => {
    const body = Buffer.from(JSON.stringify(nextRequest(pair, 'everything')))
    expect(body.toString('utf8')).toContain('The user wants two files')
    const relayed = Buffer.from(stripEnvelopes(pair.from.id, body)).toString('utf8')
    expect(relayed).not.toContain('The user wants two files')
    expect(relayed).toContain('Čtu soubory')
  })

  it('comes back to the upstream in a tool loop, where some vendors demand it', () => {
    const { wire } = crossed(pair, nextRequest(pair, 'everything'))
    expect(JSON.stringify(wire.body)).toContain('"reasoning_content":"The user wants two files 🦜."')
  })
})
