// What Google refuses about a request, as a model of the third generation does: unknown fields, names, the order of calls and
// results, and calls without the signature that belongs to them.

import type { IncomingHttpHeaders } from 'node:http'
import { isObject, type JsonObject, object, objects, text } from '../../../../src/base/json.js'
import { expectThat, type Findings, isObjectSchema, unknownKeys } from '../findings.js'
import type { Sealer } from '../seal.js'

const BODY = [
  'model',
  'stream',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'safetySettings',
  'cachedContent',
]
const CONFIG = [
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'thinkingConfig',
]
const PART = [
  'text',
  'thought',
  'thoughtSignature',
  'functionCall',
  'functionResponse',
  'inlineData',
  'fileData',
]
const NO_PROOF = 'skip_thought_signature_validator'

export function validateGemini(body: JsonObject, headers: IncomingHttpHeaders, sealer: Sealer): Findings {
  const unknown = (path: string) => (key: string) =>
    `Invalid JSON payload received. Unknown name "${key}" at '${path}': Cannot find field.`
  const contents = objects(body, 'contents')
  return [
    ...expectThat(headers['x-goog-api-key'] === 'sk-scripted', 'API key not valid.'),
    ...unknownKeys(body, BODY, unknown('')),
    ...unknownKeys(object(body, 'generationConfig') ?? {}, CONFIG, unknown('generation_config')),
    ...thinkingFindings(object(object(body, 'generationConfig') ?? {}, 'thinkingConfig') ?? {}),
    ...objects(body, 'tools').flatMap((tool) => objects(tool, 'functionDeclarations').flatMap(toolFindings)),
    ...expectThat(contents.length > 0, 'contents is not specified'),
    ...contents.flatMap((content, at) => contentFindings(content, contents[at - 1], `contents[${at}]`)),
    ...contents.flatMap((content, at) => callFindings(content, contents[at + 1], sealer)),
  ]
}

function thinkingFindings(config: JsonObject): Findings {
  const both = config['thinkingBudget'] !== undefined && config['thinkingLevel'] !== undefined
  return expectThat(!both, 'You can only set only one of thinking budget and thinking level.')
}

function toolFindings(declaration: JsonObject): Findings {
  const name = text(declaration, 'name') ?? ''
  const schema = declaration['parametersJsonSchema'] ?? declaration['parameters']
  return [
    ...expectThat(/^[A-Za-z_][\w.-]{0,63}$/.test(name), `Invalid function name: ${name}`),
    ...expectThat(
      schema === undefined || isObjectSchema(schema),
      `${name}: parameters schema should be an object`,
    ),
  ]
}

function contentFindings(content: JsonObject, before: JsonObject | undefined, path: string): Findings {
  const role = text(content, 'role') ?? ''
  const parts = objects(content, 'parts')
  return [
    ...expectThat(['user', 'model'].includes(role), 'Please use a valid role: user, model.'),
    ...expectThat(before === undefined || before['role'] !== role, `${path}: roles must alternate`),
    ...expectThat(before !== undefined || role === 'user', 'the conversation must begin with the user'),
    ...expectThat(parts.length > 0, `${path}.parts must not be empty`),
    ...parts.flatMap((part) => [
      ...unknownKeys(part, PART, (key) => `Unknown name "${key}" at '${path}.parts'`),
      ...expectThat(Object.keys(part).length > 0, `${path}: required oneof field 'data' must be set`),
    ]),
  ]
}

function callFindings(content: JsonObject, after: JsonObject | undefined, sealer: Sealer): Findings {
  const parts = objects(content, 'parts')
  const calls = parts.filter((part) => isObject(part['functionCall']))
  const [first] = calls
  if (first === undefined) return []
  const signature = text(first, 'thoughtSignature')
  const results =
    after === undefined ? [] : objects(after, 'parts').filter((part) => part['functionResponse'])
  const names = (list: readonly JsonObject[], key: string) =>
    list.map((part) => text(object(part, key) ?? {}, 'name') ?? '').sort()
  const proven =
    signature !== undefined && (signature === NO_PROOF || sealer.open(signature, 'base64') !== undefined)
  return [
    ...expectThat(
      proven,
      signature === undefined
        ? 'Function call is missing a thought_signature in functionCall parts.'
        : 'Corrupted thought signature.',
    ),
    ...expectThat(
      results.length === calls.length,
      'Please ensure that the number of function response parts is equal to the number of function call parts.',
    ),
    ...expectThat(
      names(results, 'functionResponse').join() === names(calls, 'functionCall').join(),
      'function responses must have the names of their calls',
    ),
  ]
}
