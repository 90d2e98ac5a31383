// Tokens: is the reported usage plausible, does the provider count for itself, and does its cache help the next turn?

import { asHubError } from '../../base/errors.js'
import { isObject, number, parseJson } from '../../base/json.js'
import type { IrPart } from '../../protocol/ir/part.js'
import type { IrRequest } from '../../protocol/ir/request.js'
import { totalInput } from '../../protocol/ir/usage.js'
import { readAll } from '../../upstream/client.js'
import { agentRequest, ask } from './ask.js'
import { type Finding, finding } from './finding.js'
import { cacheFollowUp, cacheQuestion } from './questions.js'
import { PATIENCE_MS, questionHeaders, type Session } from './session.js'

/** Tokenizers differ by half; less or more than this is another prompt. */
const LEAST_SHARE = 0.6
const LARGEST_SHARE = 1.9

const REPLY_LIMIT = 64 * 1024

/** What the provider's own counter says; a clause, or undefined where the protocol has none. */
async function countedBy(session: Session): Promise<string | undefined> {
  const { way, deps, signal } = session
  if (way.mode !== 'relay' || way.agent.protocol !== 'anthropic-messages') return undefined
  const { model, system, messages } = agentRequest(way, cacheQuestion(way)).body
  const wire = agentRequest(way, cacheQuestion(way))
  session.spent.requests += 1
  try {
    const answer = await deps.upstream.send({
      method: 'POST',
      url: new URL(`${way.endpoint.baseUrl}/v1/messages/count_tokens`),
      headers: { ...(await questionHeaders(way.channel, way.endpoint, deps)), ...wire.headers },
      body: Buffer.from(JSON.stringify({ model, system, messages })),
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      silenceMs: PATIENCE_MS,
    })
    const reply = parseJson((await readAll(answer.body, REPLY_LIMIT)).toString('utf8'))
    const counted = answer.status === 200 && isObject(reply) ? number(reply, 'input_tokens') : undefined
    return counted === undefined
      ? `count_tokens answers ${answer.status}, so the hub counts`
      : `count_tokens says ${counted}`
  } catch (thrown) {
    return `count_tokens failed, so the hub counts: ${asHubError(thrown).message}`
  }
}

function judgeUsage(reported: number | undefined, estimate: number, counter: string | undefined): Finding {
  const more = counter === undefined ? '' : `; ${counter}`
  if (reported === undefined) return finding('token-count', 'no', `no usage is reported${more}`)
  const compared = `${reported} input tokens reported, about ${estimate} expected`
  const share = reported / estimate
  if (share < LEAST_SHARE)
    return finding('token-count', 'no', `${compared}: too few, is the prompt cut?${more}`)
  if (share > LARGEST_SHARE) return finding('token-count', 'no', `${compared}: too many${more}`)
  return finding('token-count', 'yes', `${compared}${more}`)
}

/** A conversation with a long beginning after its first turn. */
export type LongTurn = { readonly asked: IrRequest; readonly said: readonly IrPart[] }

/** The first turn of a long conversation, which the cache check goes on with. */
export async function checkTokenCount(
  session: Session,
): Promise<{ readonly finding: Finding; readonly turn: LongTurn }> {
  const { way, deps } = session
  const asked = cacheQuestion(way)
  const body = Buffer.from(JSON.stringify(agentRequest(way, asked).body))
  const estimate = await deps.count(body, way.agent.protocol)
  const { response } = await ask(session, asked)
  const { usage } = response
  const reported = usage === undefined ? undefined : totalInput(usage)
  const judged = judgeUsage(reported, estimate, await countedBy(session))
  return { finding: judged, turn: { asked, said: response.parts } }
}

/** The second turn. Some providers need seconds to fill their cache, so it is best asked some questions later. */
export async function checkCache(session: Session, turn: LongTurn | undefined): Promise<Finding> {
  if (turn === undefined) return finding('cache', 'unknown', 'the first turn was not answered')
  const { response } = await ask(session, cacheFollowUp(turn.asked, turn.said))
  const { usage } = response
  if (usage === undefined) return finding('cache', 'unknown', 'no usage is reported')
  const total = totalInput(usage)
  if (usage.cacheRead === 0)
    return finding('cache', 'no', `the second turn reads none of its ${total} tokens from the cache`)
  const share = Math.round((usage.cacheRead / Math.max(1, total)) * 100)
  return finding('cache', 'yes', `the second turn reads ${share} % of its ${total} tokens from the cache`)
}
