// The variables by which Gemini CLI finds the hub. Pure.
import type { JsonValue } from '../../base/json.js'
import type { InitChoices } from '../agent.js'

export const ADDRESS_VARIABLE = 'GOOGLE_GEMINI_BASE_URL'
export const KEY_VARIABLE = 'GEMINI_API_KEY'

/** The client puts `/v1beta/models/…` behind the address. */
export function hubVariables({ hubUrl, key }: Pick<InitChoices, 'hubUrl' | 'key'>): Record<string, string> {
  return { [ADDRESS_VARIABLE]: `${hubUrl}/gemini`, [KEY_VARIABLE]: key }
}

/** A gateway of the user's own may end in `/gemini` as well, but not on the loopback with a port. */
const OURS = /^(ah-[0-9a-f]{48}|http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+\/gemini)$/

/** Whether only init can have written the value. */
export function isHubVariable(value: JsonValue): boolean {
  return typeof value === 'string' && OURS.test(value)
}
