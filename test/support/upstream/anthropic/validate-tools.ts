// What the Anthropic API refuses about tools and the choice of a tool, in its wording.

import { flag, isObject, type JsonObject, object, objects, text } from '../../../../src/base/json.js'
import { expectThat, type Findings, unknownKeys } from '../findings.js'

const NAME = /^[a-zA-Z0-9_-]{1,128}$/
const CUSTOM_FIELDS = [
  'type',
  'name',
  'description',
  'input_schema',
  'cache_control',
  'strict',
  'defer_loading',
  'eager_input_streaming',
  'input_examples',
  'allowed_callers',
]

export function validateTools(body: JsonObject, betas: string): Findings {
  const tools = objects(body, 'tools')
  const names = tools.map((tool) => text(tool, 'name') ?? '')
  return [
    ...expectThat(
      body['tools'] === undefined || Array.isArray(body['tools']),
      'tools: Input should be a valid list',
    ),
    ...tools.flatMap((tool, at) => toolFindings(tool, `tools.${at}`, betas)),
    ...expectThat(new Set(names).size === names.length, 'tools: Tool names must be unique.'),
    ...expectThat(
      tools.length === 0 || tools.some((tool) => flag(tool, 'defer_loading') !== true),
      'At least one tool must have defer_loading=false.',
    ),
    ...choiceFindings(body, names),
  ]
}

function toolFindings(tool: JsonObject, path: string, betas: string): Findings {
  const type = text(tool, 'type')
  if (type !== undefined && type !== 'custom') {
    return expectThat(
      /_\d{8}$/.test(type) || type === 'mcp_toolset',
      `${path}: Input tag '${type}' found using 'type' does not match any of the expected tags`,
    )
  }
  const schema = tool['input_schema']
  return [
    ...unknownKeys(tool, CUSTOM_FIELDS, (key) => `${path}.custom.${key}: Extra inputs are not permitted`),
    ...expectThat(
      tool['defer_loading'] === undefined || betas.includes('advanced-tool-use-'),
      `${path}.custom.defer_loading: Extra inputs are not permitted`,
    ),
    ...expectThat(
      NAME.test(text(tool, 'name') ?? ''),
      `${path}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`,
    ),
    ...expectThat(isObject(schema), `${path}.custom.input_schema: Field required`),
    ...expectThat(
      !isObject(schema) || schema['type'] === 'object',
      `${path}.custom.input_schema.type: Input should be 'object'`,
    ),
    ...expectThat(
      !isObject(schema) || !['oneOf', 'allOf', 'anyOf'].some((key) => schema[key] !== undefined),
      `${path}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
    ),
  ]
}

function choiceFindings(body: JsonObject, names: readonly string[]): Findings {
  const choice = object(body, 'tool_choice')
  if (choice === undefined)
    return expectThat(body['tool_choice'] === undefined, 'tool_choice: Input should be an object')
  const type = text(choice, 'type') ?? ''
  const allowed = [
    'type',
    ...(type === 'tool' ? ['name'] : []),
    ...(type === 'none' ? [] : ['disable_parallel_tool_use']),
  ]
  return [
    ...expectThat(
      ['auto', 'any', 'tool', 'none'].includes(type),
      `tool_choice: Input tag '${type}' found using 'type' does not match any of the expected tags`,
    ),
    ...unknownKeys(choice, allowed, (key) => `tool_choice.${type}.${key}: Extra inputs are not permitted`),
    ...expectThat(names.length > 0, 'tool_choice may only be specified while providing tools'),
    ...expectThat(
      type !== 'tool' || names.includes(text(choice, 'name') ?? ''),
      `Tool '${text(choice, 'name')}' not found in provided tools`,
    ),
  ]
}
