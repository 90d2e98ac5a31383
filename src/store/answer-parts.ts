// What a model said in an event of its answer, or in a whole answer, of any protocol: its text and the tools that it called.
import { isObject, type JsonObject, type JsonValue, list, object, text } from '../base/json.js'

/** The words that an event adds; a new part begins on a new line. */
export function wordsOfEvent(event: JsonObject): string {
  const type = text(event, 'type')
  if (type === undefined) return ofChoices(event) + ofCandidates(event)
  const delta = event['delta']
  switch (type) {
    case 'content_block_start': {
      const name = text(object(event, 'content_block') ?? {}, 'name')
      return name === undefined ? '\n' : `\n${name} `
    }
    case 'content_block_delta':
      return isObject(delta) ? (text(delta, 'text') ?? text(delta, 'partial_json') ?? '') : ''
    case 'response.output_item.added': {
      const name = text(object(event, 'item') ?? {}, 'name')
      return name === undefined ? '\n' : `\n${name} `
    }
    case 'response.output_text.delta':
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      return typeof delta === 'string' ? delta : ''
    default:
      return ''
  }
}

/** The words of a whole answer. */
export function wordsOfAnswer(answer: JsonObject): string {
  const parts = list(answer, 'content').map(ofPart)
  const items = list(answer, 'output').map(ofPart)
  return [...parts, ...items, ofChoices(answer), ofCandidates(answer)]
    .filter((part) => part !== '')
    .join('\n')
}

/** A part or an item: what is said, or the tool with what it is told. */
function ofPart(part: JsonValue): string {
  if (!isObject(part)) return ''
  const type = text(part, 'type')
  if (type === 'thinking' || type === 'reasoning') return ''
  const told = part['input'] ?? part['arguments'] ?? part['args']
  const words = [
    text(part, 'text'),
    text(part, 'name'),
    told === undefined ? undefined : typeof told === 'string' ? told : JSON.stringify(told),
    ...list(part, 'content').map(ofPart),
  ]
  return words.filter((word) => word !== undefined && word !== '').join(' ')
}

/** `delta` of a stream and `message` of a whole answer have the same members. */
function ofChoices(answer: JsonObject): string {
  return list(answer, 'choices')
    .filter(isObject)
    .map((choice) => object(choice, 'delta') ?? object(choice, 'message') ?? {})
    .map((said) => {
      const calls = list(said, 'tool_calls').map((call) => {
        const called = isObject(call) ? (object(call, 'function') ?? object(call, 'custom') ?? {}) : {}
        const name = text(called, 'name')
        const told = text(called, 'arguments') ?? text(called, 'input') ?? ''
        return name === undefined || name === '' ? told : `\n${name} ${told}`
      })
      return (text(said, 'content') ?? '') + calls.join('')
    })
    .join('\n')
}

function ofCandidates(answer: JsonObject): string {
  return list(answer, 'candidates')
    .filter(isObject)
    .flatMap((candidate) => list(object(candidate, 'content') ?? {}, 'parts'))
    .filter(isObject)
    .filter((part) => part['thought'] !== true)
    .map((part) => ofPart(part) + ofPart(part['functionCall'] ?? null))
    .join('')
}
