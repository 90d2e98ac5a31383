// A body's list of chunk numbers as few bytes: the steps between neighbours as zigzag varints, long ones deflated.
// An unchanged history is a run of the same small steps, so a request of 1000 chunks costs some tens of bytes.
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { HubError } from '../base/errors.js'

const PLAIN = 0
const DEFLATED = 1
/** To deflate a shorter list takes longer than to write it. */
const LEAST_DEFLATED = 256

/** The numbers (each a safe integer) as bytes. */
export function writeRecipe(numbers: readonly number[]): Buffer {
  const bytes: number[] = [PLAIN]
  let previous = 0
  for (const number of numbers) {
    const step = number - previous
    previous = number
    let rest = step < 0 ? -2 * step - 1 : 2 * step
    while (rest >= 0x80) {
      bytes.push((rest % 0x80) + 0x80)
      rest = Math.floor(rest / 0x80)
    }
    bytes.push(rest)
  }
  const plain = Buffer.from(bytes)
  if (plain.length < LEAST_DEFLATED) return plain
  const deflated = deflateRawSync(plain.subarray(1))
  return deflated.length < plain.length ? Buffer.concat([Buffer.of(DEFLATED), deflated]) : plain
}

/** The numbers again. Throws `internal` when the bytes are not a recipe. */
export function readRecipe(recipe: Uint8Array): number[] {
  const kind = recipe[0]
  if (kind !== PLAIN && kind !== DEFLATED) throw damaged()
  const bytes = kind === DEFLATED ? inflateRawSync(recipe.subarray(1)) : recipe.subarray(1)
  const numbers: number[] = []
  let previous = 0
  let value = 0
  let scale = 1
  for (const byte of bytes) {
    value += (byte % 0x80) * scale
    scale *= 0x80
    if (byte >= 0x80) continue
    previous += value % 2 === 0 ? value / 2 : -(value + 1) / 2
    numbers.push(previous)
    value = 0
    scale = 1
  }
  if (scale !== 1) throw damaged()
  return numbers
}

function damaged(): HubError {
  return new HubError('internal', 'A stored body is damaged: its list of chunks cannot be read.')
}
