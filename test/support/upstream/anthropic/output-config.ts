// What the Anthropic API refuses about `output_config`, at the top level and on a system turn.

import { isObject, type JsonValue, object } from '../../../../src/base/json.js'
import { expectThat, type Findings, unknownKeys } from '../findings.js'
import type { ModelRules } from './models.js'

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max']

/** Findings about `output_config` at the top level or on a system turn (`path`). */
export function outputFindings(value: JsonValue | undefined, rules: ModelRules, path: string): Findings {
  if (value === undefined) return []
  if (!isObject(value)) return [`${path}: Input should be an object`]
  const effort = value['effort']
  const format = object(value, 'format')
  return [
    ...unknownKeys(
      value,
      ['effort', 'format', 'task_budget'],
      (key) => `${path}.${key}: Extra inputs are not permitted`,
    ),
    ...expectThat(effort === undefined || rules.effort, 'This model does not support the effort parameter.'),
    ...expectThat(
      effort === undefined || (typeof effort === 'string' && EFFORTS.includes(effort)),
      `${path}.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'`,
    ),
    ...expectThat(
      format === undefined || (format['type'] === 'json_schema' && isObject(format['schema'])),
      `${path}.format: Input should be a json_schema format`,
    ),
  ]
}
