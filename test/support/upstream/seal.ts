// Reasoning bound to this server, as providers bind theirs: what another maker sealed, or what was changed on
// the way, does not open. Anthropic's form is base64, OpenAI's base64url with a Fernet-like head.

import { Buffer } from 'node:buffer'
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

const MAC_BYTES = 32

export type Sealer = {
  /** Seals text into an opaque string of the given alphabet. */
  seal(text: string, form: 'base64' | 'base64url'): string
  /** The sealed text; undefined when this server did not seal it, or when it was changed. */
  open(sealed: string, form: 'base64' | 'base64url'): string | undefined
  /** An id of the provider's style that is never given twice. */
  id(prefix: string, length: number): string
}

const HEADS = { base64: Buffer.from([0x12, 0xfa, 0x01]), base64url: Buffer.from([0x80, 0, 0, 0, 0x67]) }

/** `server` tells the servers of one maker apart: each opens what the other sealed, and no id is given by both. */
export function sealer(secret: string, server = ''): Sealer {
  let given = 0
  const macOf = (head: Buffer, payload: Buffer) =>
    createHmac('sha256', secret).update(head).update(payload).digest()
  return {
    seal(text, form) {
      const payload = Buffer.from(text, 'utf8')
      return Buffer.concat([HEADS[form], macOf(HEADS[form], payload), payload]).toString(form)
    },
    open(sealed, form) {
      const bytes = Buffer.from(sealed, form)
      const head = HEADS[form]
      const start = head.length + MAC_BYTES
      if (bytes.toString(form) !== sealed || bytes.length < start) return undefined
      const payload = bytes.subarray(start)
      const mac = bytes.subarray(head.length, start)
      if (!bytes.subarray(0, head.length).equals(head)) return undefined
      return timingSafeEqual(mac, macOf(head, payload)) ? payload.toString('utf8') : undefined
    },
    id(prefix, length) {
      given += 1
      const hash = createHash('sha512').update(`${secret}${server}:${given}`).digest('base64')
      return `${prefix}${hash.replaceAll(/[^a-zA-Z0-9]/g, '').slice(0, length)}`
    },
  }
}
