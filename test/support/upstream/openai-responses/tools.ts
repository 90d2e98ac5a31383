// What the OpenAI Responses API refuses about tools and the choice of a tool, in its wording.

import { flag, isObject, type JsonObject, type JsonValue, objects, text } from '../../../../src/base/json.js'
import { expectThat, type Findings, isObjectSchema, strictSchemaFindings, unknownKeys } from '../findings.js'

const NAME = /^[a-zA-Z0-9_-]{1,64}$/
const FUNCTION_FIELDS = ['type', 'name', 'description', 'parameters', 'strict', 'defer_loading']
const HOSTED: Readonly<Record<string, readonly string[] | 'any'>> = {
  web_search: [
    'external_web_access',
    'search_content_types',
    'filters',
    'search_context_size',
    'user_location',
  ],
  web_search_preview: ['search_context_size', 'user_location', 'search_content_types'],
  tool_search: ['execution', 'description', 'parameters'],
  file_search: 'any',
  code_interpreter: 'any',
  image_generation: 'any',
  mcp: 'any',
  local_shell: [],
  shell: 'any',
  apply_patch: [],
}

export function validateTools(body: JsonObject): Findings {
  const tools = objects(body, 'tools')
  const names = tools.flatMap((tool) => text(tool, 'name') ?? [])
  return [
    ...tools.flatMap((tool, at) => toolFindings(tool, `tools[${at}]`)),
    ...expectThat(
      tools.length <= 128,
      `Invalid 'tools': array too long. Expected an array with maximum length 128, but got ${tools.length}.`,
    ),
    ...expectThat(new Set(names).size === names.length, "Invalid 'tools': duplicate tool names."),
    ...choiceFindings(body['tool_choice'], tools),
    ...expectThat(
      body['parallel_tool_calls'] === undefined || flag(body, 'parallel_tool_calls') !== undefined,
      "Invalid type for 'parallel_tool_calls': expected a boolean.",
    ),
  ]
}

/** Findings about one tool; also used for the tools inside a namespace or a tool search output. */
export function toolFindings(tool: JsonObject, path: string): Findings {
  const type = text(tool, 'type') ?? ''
  switch (type) {
    case 'function':
      return functionFindings(tool, path)
    case 'custom':
      return customFindings(tool, path)
    case 'namespace':
      return [
        ...unknownKeys(
          tool,
          ['type', 'name', 'description', 'tools'],
          (key) => `Unknown parameter: '${path}.${key}'.`,
        ),
        ...nameFindings(tool, path),
        ...objects(tool, 'tools').flatMap((inner, at) => toolFindings(inner, `${path}.tools[${at}]`)),
      ]
    default: {
      const fields = HOSTED[type]
      if (fields === undefined)
        return [`Invalid value: '${type}'. Supported values are: 'function', 'custom', …`]
      if (fields === 'any') return []
      return unknownKeys(tool, ['type', ...fields], (key) => `Unknown parameter: '${path}.${key}'.`)
    }
  }
}

function nameFindings(tool: JsonObject, path: string): Findings {
  const name = text(tool, 'name') ?? ''
  return expectThat(
    NAME.test(name),
    `Invalid '${path}.name': '${name}' does not match pattern '^[a-zA-Z0-9_-]+$' or is longer than 64.`,
  )
}

function functionFindings(tool: JsonObject, path: string): Findings {
  const name = text(tool, 'name') ?? ''
  const parameters = tool['parameters']
  return [
    ...unknownKeys(tool, FUNCTION_FIELDS, (key) => `Unknown parameter: '${path}.${key}'.`),
    ...nameFindings(tool, path),
    ...expectThat(
      parameters === undefined || parameters === null || isObjectSchema(parameters),
      `Invalid schema for function '${name}': In context=(), object schema missing properties.`,
    ),
    ...(flag(tool, 'strict') === true
      ? strictSchemaFindings(parameters, '').map(
          (finding) => `Invalid schema for function '${name}': ${finding}`,
        )
      : []),
  ]
}

function customFindings(tool: JsonObject, path: string): Findings {
  const format = tool['format']
  const type = isObject(format) ? text(format, 'type') : 'text'
  return [
    ...unknownKeys(
      tool,
      ['type', 'name', 'description', 'format', 'defer_loading'],
      (key) => `Unknown parameter: '${path}.${key}'.`,
    ),
    ...nameFindings(tool, path),
    ...expectThat(
      type === 'text' ||
        (isObject(format) &&
          type === 'grammar' &&
          typeof format['definition'] === 'string' &&
          ['lark', 'regex'].includes(text(format, 'syntax') ?? '')),
      `Invalid '${path}.format': expected a text or grammar format.`,
    ),
  ]
}

function choiceFindings(choice: JsonValue | undefined, tools: readonly JsonObject[]): Findings {
  if (choice === undefined) return []
  if (typeof choice === 'string') {
    return [
      ...expectThat(
        ['auto', 'none', 'required'].includes(choice),
        `Invalid value: '${choice}'. Supported values are: 'none', 'auto', and 'required'.`,
      ),
      ...expectThat(
        choice !== 'required' || tools.length > 0,
        "Tool choice 'required' must be specified with 'tools' parameter.",
      ),
    ]
  }
  if (!isObject(choice)) return ["Invalid type for 'tool_choice'."]
  const type = text(choice, 'type') ?? ''
  if (type === 'allowed_tools') return []
  const named = type === 'function' || type === 'custom'
  return expectThat(
    tools.some((tool) => tool['type'] === type && (!named || tool['name'] === choice['name'])),
    `Tool choice '${text(choice, 'name') ?? type}' not found in 'tools' parameter.`,
  )
}
