// The ear at each attempt: hears what an answer tells of its account's quota. Law: it costs the answer nothing, changes no
// byte of it, and whatever goes wrong in it stays here.

import { parseJson } from '../base/json.js'
import { accountOf } from '../quota/account.js'
import type { AccountPlace } from '../quota/book.js'
import type { Listener } from '../quota/listen.js'
import { sniffed } from '../quota/sniff.js'
import type { UpstreamAnswer } from '../upstream/client.js'
import type { Target } from './target.js'

export type QuotaEar = {
  /** The answer to go on with. `sent`: the headers of the request. */
  observe(
    target: Pick<Target, 'channel' | 'key' | 'ownLogin' | 'protocol'>,
    sent: Readonly<Record<string, string>>,
    answer: UpstreamAnswer,
  ): UpstreamAnswer
}

const REFUSALS = [402, 403, 429]
const LARGEST_REFUSAL = 64 * 1024

async function* copied(
  body: AsyncIterable<Uint8Array>,
  whole: (text: string) => void,
): AsyncGenerator<Uint8Array> {
  const kept: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size <= LARGEST_REFUSAL) kept.push(chunk)
    yield chunk
  }
  if (size <= LARGEST_REFUSAL) whole(Buffer.concat(kept).toString('utf8'))
}

/** Only what a configuration adds may be written otherwise. */
function lowerCase(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = Object.keys(headers)
  if (!names.some((name) => UPPER.test(name))) return headers
  return Object.fromEntries(names.map((name) => [name.toLowerCase(), headers[name] ?? '']))
}

const UPPER = /[A-Z]/

export type EarDeps = {
  readonly listener: Listener
  /** The channel pays with a login of an agent, whichever way it gets it: its token changes by the hour. */
  readonly isLogin: (channel: string) => boolean
  /** Told which account paid. */
  readonly paid: (seat: Pick<Target, 'channel' | 'key'>, account: string) => void
  /** Told of a fault of the ear itself. */
  readonly failed: (thrown: unknown) => void
}

export function quotaEar({ listener, isLogin, paid, failed }: EarDeps): QuotaEar {
  const quietly = (work: () => void) => {
    try {
      work()
    } catch (thrown) {
      failed(thrown)
    }
  }
  const heard = (place: AccountPlace, { protocol }: Pick<Target, 'protocol'>, answer: UpstreamAnswer) => {
    const { status, body } = answer
    if (REFUSALS.includes(status))
      return copied(body, (text) => quietly(() => listener.refusal(place, status, parseJson(text))))
    if (status < 300 && protocol === 'openai-responses')
      return sniffed(body, (data) => quietly(() => listener.event(place, data)))
    return body
  }
  return {
    observe(target, sent, answer) {
      const marks = lowerCase(sent)
      const account = accountOf({
        credential: marks,
        ownLogin: target.ownLogin || isLogin(target.channel),
        sent: marks,
        answered: answer.headers,
      })
      const place = { channel: target.channel, account }
      paid(target, account)
      quietly(() => listener.headers(place, answer.status, answer.headers))
      const body = heard(place, target, answer)
      return body === answer.body ? answer : { ...answer, body }
    },
  }
}
