// A connection that was known once: it is known again by what it showed, and by nothing else.
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { authenticateOn, type KeyRing } from '../../src/daemon/authenticate.js'

const ringOf = (...keys: readonly string[]): KeyRing =>
  new Map(keys.map((key) => [createHash('sha256').update(key).digest('hex'), `name of ${key}`]))

const RING = ringOf('one', 'two')

function nameOn(socket: Socket, headers: IncomingHttpHeaders, ring = RING): string {
  try {
    return authenticateOn({ socket, headers }, undefined, ring).keyName
  } catch {
    return 'refused'
  }
}

describe('a kept connection', () => {
  it('is known again by the same key', () => {
    const socket = new Socket()
    const headers = { authorization: 'Bearer one' }
    expect([nameOn(socket, headers), nameOn(socket, { ...headers })]).toEqual(['name of one', 'name of one'])
  })

  it('is asked anew when it shows something else, or nothing', () => {
    const socket = new Socket()
    const shown = [
      { authorization: 'Bearer one' },
      { 'x-api-key': 'two' },
      {},
      { authorization: 'Bearer on' },
    ]
    expect(shown.map((headers) => nameOn(socket, headers))).toEqual([
      'name of one',
      'name of two',
      'refused',
      'refused',
    ])
  })

  it('is refused once its key was taken away', () => {
    const socket = new Socket()
    const headers = { 'x-axonhub-key': 'one' }
    expect(nameOn(socket, headers)).toBe('name of one')
    expect(nameOn(socket, headers, ringOf('two'))).toBe('refused')
  })

  it('forwards the login that came with this request, not one of before', () => {
    const socket = new Socket()
    const logins = ['mine', 'yours'].map(
      (login) =>
        authenticateOn({ socket, headers: { 'x-axonhub-key': 'one', authorization: login } }, undefined, RING)
          .login,
    )
    expect(logins).toEqual([{ authorization: 'mine' }, { authorization: 'yours' }])
  })
})
