// The content of Responses messages: which parts a role may have, and what each part must hold.

import { isObject, type JsonObject, list, text } from '../../../../src/base/json.js'
import { expectThat, type Findings, unknownKeys } from '../findings.js'

const INPUT_PARTS: Readonly<Record<string, readonly string[]>> = {
  input_text: ['text'],
  input_image: ['image_url', 'file_id', 'detail'],
  input_file: ['file_id', 'filename', 'file_data', 'file_url', 'detail'],
}
const OUTPUT_PARTS: Readonly<Record<string, readonly string[]>> = {
  output_text: ['text', 'annotations', 'logprobs'],
  refusal: ['refusal'],
}

export function contentFindings(item: JsonObject, path: string): Findings {
  const role = text(item, 'role') ?? ''
  if (!['user', 'assistant', 'system', 'developer'].includes(role)) {
    return [`Invalid value: '${role}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`]
  }
  if (typeof item['content'] === 'string') return []
  if (!Array.isArray(item['content'])) return [`Missing required parameter: '${path}.content'.`]
  const parts = role === 'assistant' ? OUTPUT_PARTS : INPUT_PARTS
  return [
    ...expectThat(
      item['content'].length > 0,
      `Invalid '${path}.content': empty array. Expected at least one part.`,
    ),
    ...list(item, 'content').flatMap((part, at) => {
      const partPath = `${path}.content[${at}]`
      const type = isObject(part) ? (text(part, 'type') ?? '') : ''
      const fields = parts[type]
      if (!isObject(part) || fields === undefined) {
        return [
          `Invalid value: '${type}'. Supported values are: ${Object.keys(parts).join(', ')}. (${partPath})`,
        ]
      }
      return [
        ...unknownKeys(part, ['type', ...fields], (key) => `Unknown parameter: '${partPath}.${key}'.`),
        ...partFindings(part, type, partPath),
      ]
    }),
  ]
}

function partFindings(part: JsonObject, type: string, path: string): Findings {
  if (type === 'input_text' || type === 'output_text') {
    return expectThat(typeof part['text'] === 'string', `Missing required parameter: '${path}.text'.`)
  }
  if (type === 'input_image') {
    const url = text(part, 'image_url')
    return expectThat(
      (url !== undefined && /^(data:image\/[a-z.+-]+;base64,|https?:)/.test(url)) ||
        text(part, 'file_id') !== undefined,
      `Invalid '${path}.image_url'. Expected a valid URL, but got a value with an invalid format.`,
    )
  }
  return []
}
