// What was learned of an upstream, as a dialect: each lesson is a departure that the preset did not know of.

import type { Dialect } from '../dialect.js'
import type { Effort } from '../ir/request.js'
import type { Lesson } from './refused.js'

const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** The dialect with what was learned over it. Words that it does not know are paths of fields to leave out. */
export function withLessons(dialect: Dialect, lessons: readonly Lesson[]): Dialect {
  return lessons.toSorted().reduce(taught, dialect)
}

function taught(dialect: Dialect, lesson: Lesson): Dialect {
  if (lesson.startsWith('efforts:')) {
    const told = lesson.slice('efforts:'.length).split(',')
    return { ...dialect, efforts: EFFORTS.filter((level) => told.includes(level)) }
  }
  switch (lesson) {
    case 'role:developer':
      return { ...dialect, developerRole: false }
    case 'role:system':
      return { ...dialect, systemMessages: false }
    case 'reasoning_content:required':
      return { ...dialect, replayReasoning: 'always' }
    case 'response_format.json_schema':
      return { ...dialect, jsonSchema: false }
    case 'images':
      return { ...dialect, images: false }
    case 'thinking:budget':
      return { ...dialect, thinking: 'budget' }
    case 'thinking:adaptive':
      return { ...dialect, thinking: 'adaptive' }
    case 'tools.strict':
      return { ...dialect, strictTools: false }
    case 'tool_choice':
      return without({ ...dialect, toolChoice: 'auto' }, lesson)
    case 'max_tokens':
    case 'max_completion_tokens':
      return limitElsewhere(dialect, lesson)
    case 'cache_control':
      return [
        'cache_control',
        'system.cache_control',
        'messages.content.cache_control',
        'tools.cache_control',
      ].reduce(without, { ...dialect, cacheControl: false })
    case 'messages.reasoning_content':
    case 'messages.reasoning':
    case 'messages.reasoning_details':
      return without({ ...dialect, replayReasoning: 'never' }, lesson)
    default:
      return without(dialect, lesson)
  }
}

/** The limit has two names; who takes neither gets none. */
function limitElsewhere(dialect: Dialect, refused: 'max_tokens' | 'max_completion_tokens'): Dialect {
  const other = refused === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
  const field = dialect.maxTokensField ?? 'max_tokens'
  if (dialect.forbid?.includes(other) === true) return without(dialect, refused)
  return without({ ...dialect, maxTokensField: field === refused ? other : field }, refused)
}

function without(dialect: Dialect, path: string): Dialect {
  const before = dialect.forbid ?? []
  return before.includes(path) ? dialect : { ...dialect, forbid: [...before, path] }
}

/** For a person: `stream_options`, `the role developer`. */
export function lessonWords(lesson: Lesson): string {
  if (lesson.startsWith('efforts:'))
    return `efforts other than ${lesson.slice('efforts:'.length).replaceAll(',', ', ')}`
  switch (lesson) {
    case 'role:developer':
      return 'the role developer'
    case 'role:system':
      return 'system messages after the first'
    case 'reasoning_content:required':
      return 'answers without their reasoning_content'
    case 'response_format.json_schema':
      return 'a JSON Schema for answers'
    case 'thinking:budget':
      return 'adaptive thinking'
    case 'thinking:adaptive':
      return 'a budget for thinking'
    default:
      return lesson
  }
}
