// What goes through an answer besides words: thinking between tools, pictures from tools, answers held to a schema.

import { asHubError } from '../../base/errors.js'
import { isObject, parseJson } from '../../base/json.js'
import type { ReasoningPart } from '../../protocol/ir/part.js'
import type { IrResponse } from '../../protocol/ir/response.js'
import { ask } from './ask.js'
import { clause, type Finding, finding, refused } from './finding.js'
import {
  PICTURE_COLOURS,
  pictureQuestion,
  schemaQuestion,
  thinkingQuestion,
  withResults,
} from './questions.js'
import type { Session } from './session.js'
import { callsOf, instead, textOf } from './tool-checks.js'

function thinkingOf(response: IrResponse): ReasoningPart[] {
  return response.parts.filter((part): part is ReasoningPart => part.type === 'reasoning')
}

/** Two turns: thinking must come, and be accepted when it goes back with the tool's result. */
export async function checkThinking(session: Session): Promise<Finding> {
  const asked = thinkingQuestion(session.way)
  const { response } = await ask(session, asked)
  const thoughts = thinkingOf(response)
  const hidden = thoughts.length === 0 && (response.usage?.reasoning ?? 0) > 0
  if (thoughts.length === 0 && !hidden) return finding('thinking', 'no', 'no thinking is told')
  const kind = hidden
    ? 'it thinks without telling'
    : thoughts.some((part) => part.seal !== undefined && part.seal.data !== '')
      ? 'thinking comes sealed'
      : 'thinking comes as text'
  if (callsOf(response).length === 0)
    return finding('thinking', 'unknown', `${kind}, but no tool was called: ${instead(response)}`)
  try {
    const next = await ask(session, withResults(asked, response.parts, '441'))
    const goesOn = textOf(next.response) !== '' || callsOf(next.response).length > 0
    return goesOn
      ? finding('thinking', 'yes', `${kind}, and is accepted between tools`)
      : finding('thinking', 'no', `${kind}, but after the tool nothing was said`)
  } catch (thrown) {
    const failure = refused('thinking', asHubError(thrown))
    return { ...failure, detail: clause(`${kind}; the turn after the tool was ${failure.detail}`) }
  }
}

export async function checkPicture(session: Session): Promise<Finding> {
  const { response } = await ask(session, pictureQuestion(session.way))
  const words = textOf(response).toLowerCase()
  const sees = PICTURE_COLOURS.every((colour) => words.includes(colour))
  if (sees) return finding('tool-images', 'yes', 'it sees pictures that tools return')
  if (session.lessons.includes('images'))
    return finding('tool-images', 'no', 'it refuses pictures, so they are left out')
  return finding('tool-images', 'no', `it takes the picture, but does not see it: ${instead(response)}`)
}

export async function checkSchema(session: Session): Promise<Finding> {
  const { response } = await ask(session, schemaQuestion(session.way))
  const words = textOf(response)
  const value = parseJson(words)
  if (!isObject(value)) {
    const fenced = /^```/u.test(words) ? 'JSON inside a code fence' : 'no JSON object'
    return finding('json-schema', 'no', `the answer is ${fenced}: ${instead(response)}`)
  }
  const wanted = typeof value['title'] === 'string' && Number.isInteger(value['words'])
  return wanted && Object.keys(value).length === 2
    ? finding('json-schema', 'yes', 'answers keep to a JSON schema')
    : finding('json-schema', 'no', `JSON, but not of the schema: it has ${Object.keys(value).join(', ')}`)
}
