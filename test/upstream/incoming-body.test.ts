// The body of an answer while it comes in: what arrives together goes on together, and a slow reader holds the socket.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../src/base/errors.js'
import { type IncomingBody, incomingBody } from '../../src/upstream/incoming-body.js'

function opened() {
  const told: string[] = []
  const body = incomingBody({
    hold: () => told.push('hold'),
    release: () => told.push('release'),
    abandon: () => told.push('abandon'),
  })
  return { body, told }
}

const bytes = (text: string) => Buffer.from(text, 'utf8')

async function texts(body: AsyncIterable<Uint8Array>): Promise<string[]> {
  const all: string[] = []
  for await (const piece of body) all.push(Buffer.from(piece).toString('utf8'))
  return all
}

describe('the body of an answer', () => {
  it('gives out in one piece what came in one turn', async () => {
    const { body } = opened()
    const read = texts(body)
    for (const word of ['one ', 'two ', 'three']) body.push(bytes(word))
    await new Promise((resolve) => setImmediate(resolve))
    body.push(bytes('later'))
    body.end({ type: 'whole' })
    expect(await read).toEqual(['one two three', 'later'])
  })

  it('keeps all bytes in their order, however they come', async () => {
    const turns = fc.array(fc.array(fc.string({ maxLength: 5 }), { maxLength: 4 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(turns, async (pushed) => {
        const { body } = opened()
        const read = texts(body)
        for (const turn of pushed) {
          for (const word of turn) body.push(bytes(word))
          await Promise.resolve()
        }
        body.end({ type: 'whole' })
        expect((await read).join('')).toBe(Buffer.concat(pushed.flat().map(bytes)).toString('utf8'))
      }),
    )
  })

  it('can be had whole: the same bytes, however they come', async () => {
    const turns = fc.array(fc.array(fc.string({ maxLength: 5 }), { maxLength: 4 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(turns, async (pushed) => {
        const { body } = opened()
        const read = body.whole?.(1000)
        for (const turn of pushed) {
          for (const word of turn) body.push(bytes(word))
          await Promise.resolve()
        }
        body.end({ type: 'whole' })
        expect(await read).toEqual(Buffer.concat(pushed.flat().map(bytes)))
      }),
    )
  })

  it('is thrown away whole when it is longer than wanted, and lets go of the connection', async () => {
    const { body, told } = opened()
    const read = body.whole?.(10)
    body.push(bytes('eleven bytes'))
    expect(await read).toBeUndefined()
    expect(told).toEqual(['abandon'])
  })

  it('does not hold the socket for long when it is wanted whole, and tells how it broke', async () => {
    const { body, told } = opened()
    const read = body.whole?.(10 * 1024 * 1024)
    body.push(Buffer.alloc(400 * 1024))
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).toEqual(['hold', 'release'])
    body.end({ type: 'failed', error: new HubError('upstream-truncated', 'It broke off.') })
    await expect(read).rejects.toThrow('It broke off.')
  })

  it('is whole also when the socket brings the rest and the end in the moment in which it is let go', async () => {
    const rest = bytes('the rest')
    const body: IncomingBody = incomingBody({
      hold: () => undefined,
      release() {
        body.push(rest)
        body.end({ type: 'whole' })
      },
      abandon: () => undefined,
    })
    const waited = Buffer.alloc(300 * 1024, 'a')
    body.push(waited)
    expect(await body.whole?.(1024 * 1024)).toEqual(Buffer.concat([waited, rest]))
  })

  it('holds the socket while too much waits, and lets it go when that is read', async () => {
    const { body, told } = opened()
    const large = Buffer.alloc(200 * 1024)
    body.push(large)
    expect(told).toEqual([])
    body.push(large)
    body.push(large)
    expect(told).toEqual(['hold'])
    body.end({ type: 'whole' })
    const read: number[] = []
    for await (const piece of body) read.push(piece.length)
    expect(read).toEqual([3 * large.length])
    expect(told).toEqual(['hold', 'release'])
  })

  it('tells of a break after all that came before it', async () => {
    const { body, told } = opened()
    body.push(bytes('half'))
    body.end({ type: 'failed', error: new HubError('upstream-truncated', 'It broke off.') })
    const read: string[] = []
    const reading = async () => {
      for await (const piece of body) read.push(Buffer.from(piece).toString('utf8'))
    }
    await expect(reading()).rejects.toMatchObject({ code: 'upstream-truncated' })
    expect(read).toEqual(['half'])
    expect(told).toEqual([])
  })

  it('lets the connection go when its reader leaves early, and not when all has come', async () => {
    const early = opened()
    early.body.push(bytes('some'))
    for await (const _piece of early.body) break
    expect(early.told).toEqual(['abandon'])
    const late = opened()
    late.body.end({ type: 'whole' })
    late.body.discard()
    expect(late.told).toEqual([])
  })
})
