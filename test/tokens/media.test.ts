import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MediaPart } from '../../src/protocol/ir/part.js'
import { imageSize } from '../../src/tokens/image-size.js'
import { mediaTokens } from '../../src/tokens/media.js'

const hex = (...parts: string[]) => Buffer.from(parts.join('').replaceAll(' ', ''), 'hex')
const PNG = hex('89504e470d0a1a0a 0000000d 49484452 000003e8 000005dc 08060000 00')
const GIF = hex('474946383961 2003 5802 000000000000')
const JPEG = hex(
  'ffd8',
  'ffe0 0010 4a46494600010100000100010000',
  'ff ffc0 0011 08 0258 0320 03 011100 021101 031101',
)
const VP8 = hex('52494646 00000000 57454250', '56503820 00000000 000000 9d012a 2003 5802 0000')
const VP8L = hex('52494646 00000000 57454250', '5650384c 00000000 2f', '1fc3 95 00', '00000000000000')
const VP8X = hex('52494646 00000000 57454250', '56503858 0a000000 00000000', '1f0300 570200', '0000')

const image = (data: Buffer): MediaPart => ({
  type: 'media',
  kind: 'image',
  source: { type: 'base64', mediaType: 'image/png', data: data.toString('base64') },
})

describe('the size of an image', () => {
  it.each<[string, Buffer, object]>([
    ['PNG', PNG, { width: 1000, height: 1500 }],
    ['GIF', GIF, { width: 800, height: 600 }],
    ['JPEG', JPEG, { width: 800, height: 600 }],
    ['lossy WebP', VP8, { width: 800, height: 600 }],
    ['lossless WebP', VP8L, { width: 800, height: 600 }],
    ['extended WebP', VP8X, { width: 800, height: 600 }],
  ])('stands in the header of a %s', (_, file, size) => {
    expect(imageSize(file)).toEqual(size)
  })

  it('is unknown for anything else, and no bytes make it throw', () => {
    expect(imageSize(Buffer.from('not an image at all'))).toBeUndefined()
    const heads = [PNG, GIF, JPEG, VP8, VP8L, VP8X]
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.nat(40), fc.uint8Array(), (head, cut, tail) => {
        imageSize(Buffer.concat([head.subarray(0, cut), tail]))
      }),
    )
  })
})

describe('the tokens of media', () => {
  it('follow the pixels of an image up to a limit', () => {
    expect(mediaTokens(image(GIF))).toBe(640)
    expect(mediaTokens(image(PNG))).toBe(1600)
    expect(mediaTokens(image(Buffer.from('unknown')))).toBe(1600)
    const url = `data:image/gif;base64,${GIF.toString('base64')}`
    expect(mediaTokens({ type: 'media', kind: 'image', source: { type: 'url', url } })).toBe(640)
    expect(mediaTokens({ type: 'media', kind: 'image', source: { type: 'url', url: 'https://x/y' } })).toBe(
      1600,
    )
  })

  it('follow the pages of a PDF and the words of a text', () => {
    const document = (mediaType: string, words: string): MediaPart => ({
      type: 'media',
      kind: 'document',
      source: { type: 'base64', mediaType, data: Buffer.from(words).toString('base64') },
    })
    const pages = '%PDF-1.4 <</Type /Pages /Count 2>> <</Type /Page>> <</Type/Page>>'
    expect(mediaTokens(document('application/pdf', pages))).toBe(4000)
    expect(mediaTokens(document('application/pdf', '%PDF-1.7 compressed'))).toBe(2000)
    expect(mediaTokens(document('text/plain', 'four words of text'))).toBe(4)
    expect(
      mediaTokens({ type: 'media', kind: 'document', source: { type: 'text', text: 'four words of text' } }),
    ).toBe(4)
  })
})
