// The size in pixels that the header of an image file tells: PNG, GIF, JPEG, WebP. Law: never throws; a header that
// is cut or unknown tells nothing.

export type ImageSize = { readonly width: number; readonly height: number }

/** `file`: the image, or as much of its beginning as there is. */
export function imageSize(file: Uint8Array): ImageSize | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const size = file.length < 12 ? undefined : readSize(view)
  return size === undefined || size.width === 0 || size.height === 0 ? undefined : size
}

function readSize(view: DataView): ImageSize | undefined {
  if (view.getUint32(0) === 0x89504e47) return png(view)
  if (word(view, 0) === 'GIF8') return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
  if (view.getUint16(0) === 0xffd8) return jpeg(view)
  if (word(view, 0) === 'RIFF' && word(view, 8) === 'WEBP') return webp(view)
  return undefined
}

function word(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  )
}

/** Signature of 8 bytes, then the IHDR chunk: length, name, width, height. */
function png(view: DataView): ImageSize | undefined {
  return view.byteLength < 24 ? undefined : { width: view.getUint32(16), height: view.getUint32(20) }
}

/** Segments FF xx, length …; the size stands in the first start-of-frame segment (C0–CF but C4, C8, CC). */
function jpeg(view: DataView): ImageSize | undefined {
  let at = 2
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (frame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

/** Three forms behind RIFF…WEBP: VP8 (lossy), VP8L (lossless, 14 bits each), VP8X (extended, 24 bits each). */
function webp(view: DataView): ImageSize | undefined {
  if (view.byteLength < 30) return undefined
  switch (word(view, 12)) {
    case 'VP8 ':
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    case 'VP8L': {
      const bits = view.getUint32(21, true)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case 'VP8X':
      return { width: threeBytes(view, 24) + 1, height: threeBytes(view, 27) + 1 }
    default:
      return undefined
  }
}

function threeBytes(view: DataView, at: number): number {
  return view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16)
}
