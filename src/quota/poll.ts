// One question to one source. Law: only https or the machine itself is asked, redirects are not followed, and whatever comes
// back is one of a few outcomes; nothing is thrown, and no word of a token gets into a message.

import { asHubError } from '../base/errors.js'
import { isObject, parseJson } from '../base/json.js'
import { readAll, type UpstreamClient } from '../upstream/client.js'
import { figure } from './figures.js'
import type { QuotaCredential, QuotaQuestion, QuotaSource, Verdict } from './sources/source.js'

export type Outcome =
  | Verdict
  /** The provider asks to wait; ms, or undefined when it does not say for how long. */
  | { readonly type: 'wait'; readonly forMs: number | undefined }
  /** Nobody answered, or with a fault of their own: the next time may be better. */
  | { readonly type: 'failed'; readonly message: string }

export type PollQuestion = {
  readonly source: QuotaSource
  readonly base: URL
  readonly credential: QuotaCredential
  readonly now: number
}

export type PollDeps = { readonly upstream: Pick<UpstreamClient, 'send'>; readonly userAgent: string }

const WHOLE_MS = 15_000
const LARGEST_ANSWER = 512 * 1024
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i

/** May a key or login be sent there in the clear or not at all? */
export function isSafeToAsk(base: URL): boolean {
  return base.protocol === 'https:' || LOOPBACK.test(base.hostname)
}

function waitOf(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const told = headers['retry-after']
  const seconds = figure(told)
  if (seconds !== undefined) return seconds > 0 ? seconds * 1000 : undefined
  const until = told === undefined ? Number.NaN : Date.parse(told)
  return until > now ? until - now : undefined
}

async function asked(
  { source, base, now }: PollQuestion,
  { url, headers }: QuotaQuestion,
  { upstream, userAgent }: PollDeps,
  signal: AbortSignal,
): Promise<Outcome> {
  const answer = await upstream.send({
    method: 'GET',
    url,
    headers: { accept: 'application/json', 'user-agent': userAgent, ...headers },
    signal,
    silenceMs: WHOLE_MS,
  })
  const body = (await readAll(answer.body, LARGEST_ANSWER)).toString('utf8')
  const { status } = answer
  if (status === 429) return { type: 'wait', forMs: waitOf(answer.headers, now) }
  if (status >= 500) return { type: 'failed', message: `${url.host} answered with status ${status}.` }
  const json = parseJson(body)
  if (status === 401 || (status === 403 && isObject(json)))
    return { type: 'refused', message: `${url.host} refused the credential (status ${status}).` }
  if (!isObject(json))
    return {
      type: 'strange',
      message: `${url.host} answered with a page instead of figures (status ${status}).`,
    }
  if (status !== 200) return { type: 'strange', message: `${url.host} answered with status ${status}.` }
  return source.read(json, now, base)
}

export async function poll(question: PollQuestion, deps: PollDeps): Promise<Outcome> {
  const { source, base, credential } = question
  const asking = source.ask(base, credential)
  if (!isSafeToAsk(asking.url))
    return { type: 'strange', message: `${asking.url.host} is asked over https only.` }
  const signal = AbortSignal.timeout(WHOLE_MS)
  try {
    return await asked(question, asking, deps, signal)
  } catch (thrown) {
    const message = signal.aborted ? `${asking.url.host} did not answer in time.` : asHubError(thrown).message
    return { type: 'failed', message }
  }
}
