// The book of cards over a store that may be of another version, or failing.
import { describe, expect, it } from 'vitest'
import { HubError } from '../../src/base/errors.js'
import type { CapabilityCard } from '../../src/control/card.js'
import { openCards, storedCard } from '../../src/daemon/cards.js'
import type { Recorder } from '../../src/recorder/recorder.js'
import type { Queries } from '../../src/store/queries.js'
import type { StoredCard } from '../../src/store/views.js'
import { channelAt } from './run.js'

const channel = channelAt({ 'openai-chat': 'http://127.0.0.1:1/v1' })

const card: CapabilityCard = {
  channel: 'up',
  model: 'm',
  protocol: 'openai-chat',
  mode: 'convert',
  agent: 'codex',
  testedAt: '2026-11-20T10:00:00.000Z',
  answers: true,
  withoutFields: [],
  results: [{ capability: 'tools', result: 'no', detail: 'none', durationMs: 1 }],
  requests: 1,
  inputTokens: 1,
  outputTokens: 1,
}
const target = { channel: 'up', model: 'm', protocol: 'openai-chat', mode: 'convert' } as const

/** A store with these cards; everything that is written fails. */
function store(cards: readonly StoredCard[]): Pick<Recorder, 'query'> {
  const answers: { [K in keyof Queries]?: Queries[K]['answer'] } = { 'list-cards': [...cards] }
  return {
    async query(name) {
      const answer = answers[name]
      if (answer === undefined) throw new HubError('internal', 'The disk is full.')
      return answer
    },
  }
}

describe('the book of cards', () => {
  it('reads what it understands and passes over the rest', async () => {
    const stored = storedCard(channel, card)
    const foreign = { ...stored, model: 'n', card: '{"v":2}' }
    const book = await openCards({ recorder: store([foreign, stored]), failed: () => undefined })
    expect(book.list([channel])).toEqual([card])
    expect(book.shortcoming(channel, target, () => ['tools', 'images'])).toBe('calls no tools')
  })

  it('asks for the needs only when there is a card that holds', async () => {
    const needs = () => {
      throw new Error('asked')
    }
    const none = await openCards({ recorder: store([]), failed: () => undefined })
    expect(none.shortcoming(channel, target, needs)).toBeUndefined()
    const old = { ...storedCard(channel, card), fingerprint: 'another' }
    const stale = await openCards({ recorder: store([old]), failed: () => undefined })
    expect(stale.shortcoming(channel, target, needs)).toBeUndefined()
    expect(stale.list([channel])).toEqual([])
  })

  it('keeps a card that cannot be written down until the hub stops, and says so', async () => {
    const failures: string[] = []
    const book = await openCards({ recorder: store([]), failed: (error) => failures.push(error.message) })
    book.keep(channel, card)
    await Promise.resolve()
    await Promise.resolve()
    expect(book.list([channel])).toEqual([card])
    expect(failures).toEqual(['The disk is full.'])
  })
})
