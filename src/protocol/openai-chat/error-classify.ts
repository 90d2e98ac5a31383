// Which of our codes an upstream's words and status mean. Words come first, most telling ones on top.

import type { ErrorCode } from '../../base/errors.js'
import type { Told } from './error-decode.js'

/** Every wording below was seen at one of the vendors of providers §2; each has a row in the test's table. */
const CONTEXT =
  /context[_ ]length|context[_ ]window|context[_ ]size|maximum context|max(imum)? (prompt|model|input|sequence) length|prompt is too long|(input|prompt|request|inputs?) (is|are) too (long|large)|too many (input |prompt )?tokens|model token limit|token limit exceeded|exceeds? (the )?(maximum|max)( number of)? (allowed |input )?tokens|exceeds? (the )?max(imum)? length|range of input length|reduce the length|input token count|string_above_max_length|tokens \+ `?max_new_tokens|exceeds the (available )?context|context the overflows/i

const QUOTA =
  /insufficient[_ ](quota|balance|credits?|funds)|exceeded your current quota|usage[_ ]limit[_ ]reached|usage_not_included|billing|credit balance|more credits|out of credits|credits? (has|have) been exhausted|payment required|arrearage|account is in good standing|quota[_ ]exceeded|余额不足|欠费/i

const FILTER =
  /content[_ ](filter|policy)|content management policy|responsible ?ai ?policy|data_?inspection_?failed|content exists risk|moderation|flagged|safety system|sensitive content|usage polic/i

const MODEL =
  /model[_ ]not[_ ](found|exist)|(unknown|invalid|unsupported) model|model .{0,120}(does not exist|not exist|not found|is not supported|not available|unavailable|no longer)|not a valid model|no such model|no endpoints found|do(es)? not have access to .{0,40}model/i

const OVERLOAD = /overload|at capacity|engine_overloaded|server[_ ]is[_ ]busy|slow_down|capacity exceeded/i

const KEY =
  /invalid[_ ]api[_ ]key|incorrect api key|invalid_authentication|authentication[_ ]error|unauthori[sz]ed/i

export function classify(said: Told, status: number | undefined, saysWhen: boolean): ErrorCode {
  const words = [said.code, said.type, said.message].filter((word) => word !== undefined).join(' ')
  const mayBeRequest = status === undefined || status < 429 || status === 500
  if (mayBeRequest && CONTEXT.test(words)) return 'context-length'
  if (isQuota(words, said, status, saysWhen)) return 'quota-exhausted'
  if (status !== undefined && status !== 400 && status !== 422) return byStatus(status, words)
  if (FILTER.test(words)) return 'content-filter'
  if (MODEL.test(words)) return 'unknown-model'
  if (/tool_use_failed/i.test(words)) return 'upstream-failed'
  if (KEY.test(words)) return 'upstream-authentication'
  if (OVERLOAD.test(words)) return 'overloaded'
  if (/rate[_ ]limit|too many requests/i.test(words)) return 'rate-limited'
  return status === undefined && !/invalid[_ ]request/i.test(words) ? 'upstream-failed' : 'upstream-rejected'
}

/** Gemini says "quota" for a limit per minute as well; then it says when to come back. */
function isQuota(words: string, said: Told, status: number | undefined, saysWhen: boolean): boolean {
  if (status === 402) return true
  if (said.code === 'insufficient_quota' || said.type === 'insufficient_quota') return true
  if (said.type === 'usage_limit_reached' || said.code === '1113') return true
  if (status !== undefined && status >= 500) return false
  return QUOTA.test(words) && !saysWhen
}

function byStatus(status: number, words: string): ErrorCode {
  switch (status) {
    case 401:
      return 'upstream-authentication'
    case 403:
      return FILTER.test(words)
        ? 'content-filter'
        : MODEL.test(words)
          ? 'unknown-model'
          : 'upstream-authentication'
    case 404:
      return /model/i.test(words) ? 'unknown-model' : 'upstream-rejected'
    case 408:
    case 504:
    case 524:
      return 'upstream-timeout'
    case 413:
      // Groq: more tokens than the plan has in a minute can never be sent, so the conversation has to shrink.
      return /tokens per minute/i.test(words) ? 'context-length' : 'too-large'
    case 429:
      return OVERLOAD.test(words) ? 'overloaded' : 'rate-limited'
    case 503:
    case 529:
      return 'overloaded'
    default:
      if (status < 500) return 'upstream-rejected'
      return OVERLOAD.test(words) ? 'overloaded' : 'upstream-failed'
  }
}
