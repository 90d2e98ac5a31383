// Sealed reasoning goes through an agent of any protocol and back to its maker, and to no one else.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.js'
import { stripEnvelopes } from '../../src/protocol/envelopes.js'
import { nextBody } from './agent-echo.js'
import { answeredBytes, crossed, type Pair, pairs, question } from './crossing.js'
import { streams } from './fixture-files.js'
import { parsed } from './reading.js'

const everything = (pair: Pair) =>
  streams(pair.to.id).find((file) => file.name === 'everything')?.bytes ?? new Uint8Array(0)

/** The agent's next request, after an answer that thought and called two tools. */
function nextRequest(pair: Pair): JsonObject {
  const asked = question(pair.from)
  return nextBody(pair.from.id, asked, parsed([answeredBytes(crossed(pair, asked), everything(pair))]))
}

const SEALS = {
  'anthropic-messages': ['EqQBCkgIAxABGAIiQL+sig/==', 'EmwKAhgBEgyRedacted=='],
  'openai-responses': ['gAAAAABpEncrypted=='],
  'openai-chat': [],
} as const

const foreign = pairs.filter((pair) => pair.from !== pair.to)
const sealed = foreign.filter((pair) => SEALS[pair.to.id].length > 0)

describe.each(sealed)('$pair: sealed reasoning', (pair) => {
  it('comes back to its maker as it was, with its text', () => {
    const wire = JSON.stringify(crossed(pair, nextRequest(pair)).wire.body)
    for (const seal of SEALS[pair.to.id]) expect(wire).toContain(seal)
    expect(wire).toContain('The user wants two files 🦜.')
    expect(wire).not.toContain('axonhub.1.')
  })

  it('is not shown to the agent but in an envelope', () => {
    const body = JSON.stringify(nextRequest(pair))
    for (const seal of SEALS[pair.to.id]) expect(body).not.toContain(seal)
    expect(body).toContain('axonhub.1.')
  })

  it('goes to no other channel, and that is noted', () => {
    const { wire, notes } = crossed(pair, nextRequest(pair), { footprint: 'channel-b' })
    for (const seal of SEALS[pair.to.id]) expect(JSON.stringify(wire.body)).not.toContain(seal)
    expect(notes.map((note) => note.reason).join(' ')).toMatch(/reasoning|thinking|seal|signature/)
  })

  it('goes to no other protocol, nor by relay to an upstream of the agent’s own', () => {
    const body = nextRequest(pair)
    for (const other of pairs.filter(({ from, to }) => from === pair.from && to !== pair.to)) {
      const wire = JSON.stringify(crossed(other, body).wire.body)
      for (const seal of SEALS[pair.to.id]) expect(wire).not.toContain(seal)
    }
    const relayed = Buffer.from(stripEnvelopes(pair.from.id, Buffer.from(JSON.stringify(body)))).toString(
      'utf8',
    )
    expect(relayed).not.toContain('axonhub.1.')
    expect(() => pair.from.server.decodeRequest(JSON.parse(relayed))).not.toThrow()
  })
})

describe.each(foreign.filter((pair) => pair.to.id === 'openai-chat'))('$pair: open reasoning', (pair) => {
  it('is marked, so that no relay hands it to a maker of proofs', () => {
    const body = Buffer.from(JSON.stringify(nextRequest(pair)))
    expect(body.toString('utf8')).toContain('The user wants two files')
    const relayed = Buffer.from(stripEnvelopes(pair.from.id, body)).toString('utf8')
    expect(relayed).not.toContain('The user wants two files')
    expect(relayed).toContain('Čtu soubory')
  })

  it('comes back to the upstream in a tool loop, where some vendors demand it', () => {
    const { wire } = crossed(pair, nextRequest(pair))
    expect(JSON.stringify(wire.body)).toContain('"reasoning_content":"The user wants two files 🦜."')
  })
})
