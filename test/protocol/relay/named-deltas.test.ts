// Some vendors name the model in each piece of an answer. Most pieces are then looked at, and each of them once.
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProtocolId } from '../../../src/protocol/ids.js'
import { relayStream } from '../../../src/protocol/relay.js'

/** As a relay runs once nobody wants pieces of content: runs of them are passed over. */
function relayed(protocol: ProtocolId, source: string, size: number): string {
  const machine = relayStream({
    protocol,
    askedModel: 'asked',
    listener: { hear: () => undefined, wantsContent: false },
  })
  const bytes = Buffer.from(source, 'utf8')
  const out: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) out.push(...machine.push(bytes.subarray(at, at + size)))
  return Buffer.concat([...out, machine.end().held]).toString('utf8')
}

type Vendor = { readonly protocol: ProtocolId; readonly event: string; readonly outer: string }

const vendors: readonly Vendor[] = [
  { protocol: 'openai-responses', event: 'response.output_text.delta', outer: 'response' },
  { protocol: 'anthropic-messages', event: 'content_block_delta', outer: 'message' },
]

function piece({ event, outer }: Vendor, text: string, named: string): string {
  const names = { none: '', outside: ',"model":"real"', inside: `,"${outer}":{"model":"real"}` }[named] ?? ''
  return `event: ${event}\ndata: {"type":"${event}","delta":${JSON.stringify(text)}${names}}\n\n`
}

describe.each(vendors)('relaying $protocol with the model named in pieces', (vendor) => {
  it('changes the name at its own place in every piece, and nothing else, however the bytes are cut', () => {
    const pieces = fc.array(
      fc.tuple(fc.string({ maxLength: 8 }), fc.constantFrom('none', 'outside', 'inside', 'end')),
      { maxLength: 130 },
    )
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 4000 }), (told, size) => {
        const source = told
          .map(([text, named]) =>
            named === 'end' ? `data: {"type":"ping"}\n\n` : piece(vendor, text, named),
          )
          .join('')
        const inside = `"${vendor.outer}":{"model":`
        const expected = source.replaceAll(`${inside}"real"`, `${inside}"asked"`)
        expect(relayed(vendor.protocol, source, size)).toBe(expected)
      }),
    )
  })

  it('looks at each piece of megabytes once: looking again at all that follow would take minutes', () => {
    const source = piece(vendor, 'some words', 'outside').repeat(80_000)
    expect(relayed(vendor.protocol, source, source.length)).toBe(source)
  })
})
