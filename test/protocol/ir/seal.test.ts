// Sealed reasoning travels through foreign agents unharmed and reaches only its maker.
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { footprintOf } from '../../../src/protocol/footprint.js'
import type { Seal } from '../../../src/protocol/ir/part.js'
import { envelopeText, openEnvelope, sealEnvelope, usableSeal } from '../../../src/protocol/ir/seal.js'
import { seal } from './arbitrary.js'

const sample: Seal = { maker: 'anthropic-messages', footprint: 'f1', data: 'EqQB+/==' }

describe('an envelope', () => {
  it('gives back the seal and the hidden text', () => {
    fc.assert(
      fc.property(seal, fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }), (value, hidden) => {
        const envelope = sealEnvelope(value, hidden)
        expect(openEnvelope(envelope)).toEqual(value)
        expect(envelopeText(envelope)).toBe(hidden)
      }),
    )
  })

  it('is made of letters that every opaque field allows, and is the same each time', () => {
    expect(sealEnvelope(sample)).toMatch(/^axonhub\.1\.[A-Za-z0-9_-]+$/)
    expect(sealEnvelope({ data: sample.data, footprint: 'f1', maker: 'anthropic-messages' })).toBe(
      sealEnvelope(sample),
    )
  })

  it.each([
    ['a real signature', 'EqQBCkgIAxABGAIiQL'],
    ['an empty text', ''],
    ['the prefix alone', 'axonhub.1.'],
    ['a later version', sealEnvelope(sample).replace('axonhub.1.', 'axonhub.2.')],
    ['a cut envelope', sealEnvelope(sample).slice(0, -6)],
    ['no object', `axonhub.1.${Buffer.from('[1]').toString('base64url')}`],
    [
      'an unknown maker',
      `axonhub.1.${Buffer.from('{"maker":"x","footprint":"","data":""}').toString('base64url')}`,
    ],
    ['no data', `axonhub.1.${Buffer.from('{"maker":"openai-chat","footprint":""}').toString('base64url')}`],
  ])('is not seen in %s', (_, data) => {
    expect(openEnvelope(data)).toBeUndefined()
  })
})

describe('a seal', () => {
  const target = { protocol: 'anthropic-messages', footprint: 'f1' } as const
  it('is usable by its maker alone', () => {
    expect(usableSeal(sample, target)).toBe(true)
    expect(usableSeal(sample, { ...target, footprint: 'f2' })).toBe(false)
    expect(usableSeal(sample, { ...target, protocol: 'openai-responses' })).toBe(false)
  })

  it('without a footprint is usable by any target of its protocol', () => {
    expect(usableSeal({ ...sample, footprint: '' }, target)).toBe(true)
    expect(usableSeal({ ...sample, footprint: '' }, { ...target, protocol: 'openai-chat' })).toBe(false)
  })

  it('without data is usable by nobody', () => {
    expect(usableSeal({ ...sample, data: '' }, target)).toBe(false)
  })
})

describe('a footprint', () => {
  it('is stable and tells channel, protocol and base URL apart', () => {
    const endpoint = { channel: 'a', protocol: 'openai-chat', baseUrl: 'http://127.0.0.1:1/v1' } as const
    const others = [
      { ...endpoint, channel: 'b' },
      { ...endpoint, protocol: 'openai-responses' as const },
      { ...endpoint, baseUrl: 'http://127.0.0.1:2/v1' },
    ]
    expect(footprintOf({ ...endpoint })).toBe(footprintOf(endpoint))
    expect(new Set([endpoint, ...others].map(footprintOf)).size).toBe(4)
    expect(footprintOf(endpoint)).toMatch(/^[A-Za-z0-9_-]{12}$/)
  })
})
