// From an upstream's refusal to a lesson: what to leave out, or say otherwise, the next time. Law: a lesson is only
// drawn from something that was really sent, and never takes away the conversation, its tools or its model.

import { isObject, type JsonObject, type JsonValue, list, object, objects, text } from '../../base/json.js'
import type { ProtocolId } from '../ids.js'
import { type Complaint, complaintsIn, rightValues, snake } from './complaints.js'

/** A field's path (`stream_options`, `messages.name`), or one of the words of `lessons.ts` (`role:developer`). */
export type Lesson = string

export type Refusal = {
  readonly protocol: ProtocolId
  readonly status: number
  /** Parsed JSON where it was JSON, else the text. */
  readonly body: JsonValue
  /** The body that was refused. */
  readonly sent: JsonObject
}

/** What can be learned of a refusal; nothing when it is about something else than a field, a role or a value. */
export function lessonsOf(refusal: Refusal): Lesson[] {
  const complaints = complaintsIn(refusal.body)
  // OpenRouter has "no endpoints found" for a model without eyes.
  if (refusal.status === 404) return complaints.some((one) => refusesImages(one, refusal)) ? ['images'] : []
  if (refusal.status !== 400 && refusal.status !== 422) return []
  const exact = complaints.flatMap((complaint) => lessonsFrom(complaint, refusal))
  return [...new Set(exact)]
}

const ESSENTIAL: Readonly<Record<ProtocolId, readonly string[]>> = {
  'openai-chat': ['model', 'messages', 'stream', 'tools'],
  'openai-responses': ['model', 'input', 'instructions', 'stream', 'tools'],
  'anthropic-messages': ['model', 'messages', 'system', 'stream', 'tools', 'max_tokens'],
  gemini: ['contents', 'systemInstruction', 'system_instruction', 'tools'],
}

/** Fields inside of what is essential that can be missed. */
const MISSABLE: ReadonlySet<string> = new Set([
  'name',
  'strict',
  'cache_control',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'prefix',
  'extra_content',
  'eager_input_streaming',
  'defer_loading',
])

/** Wishes about the answer: a model that will not have their value does better without. */
const WISHES: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'top_k',
  'seed',
  'stop',
  'presence_penalty',
  'frequency_penalty',
  'reasoning_effort',
  'reasoning',
  'verbosity',
  'service_tier',
  'prompt_cache_key',
  'parallel_tool_calls',
  'stream_options',
  'include',
  'store',
  'tool_choice',
])

const REFUSES =
  /unsupported|not[ _]support|n't[ _]support|no support|unrecogni[sz]ed|unknown|unexpected|not (permitted|allowed|accepted|recogni[sz]ed|enabled|available|implemented|valid|one of)|extra[_ ](inputs|forbidden)|forbidden|deprecated|cannot (find|be used|be set)|unavailable|invalid|additional properties|only the default|must be (omitted|removed|unset)|remove/i

const MISSING = /\bmissing\b|\brequired\b|must be (provided|passed|set|included|specified)/i

function lessonsFrom(complaint: Complaint, refusal: Refusal): Lesson[] {
  const { words, path } = complaint
  const special = specialLesson(complaint, refusal)
  if (special !== undefined) return [special]
  if (MISSING.test(words) && !REFUSES.test(words)) return []
  if (path !== undefined && path.length > 0) return compacted(fromPath(path, words, refusal))
  if (!REFUSES.test(words)) return []
  return candidates(refusal)
    .filter((candidate) => names(words, candidate.at(-1) ?? ''))
    .flatMap((candidate) => compacted(fromPath(candidate, words, refusal)))
}

function compacted(lesson: Lesson | undefined): Lesson[] {
  return lesson === undefined ? [] : [lesson]
}

/** Refusals that are not about a field, but about what stands in it. */
function specialLesson(complaint: Complaint, refusal: Refusal): Lesson | undefined {
  const { words, path } = complaint
  const { sent } = refusal
  if (refusesImages(complaint, refusal)) return 'images'
  const roles = [...objects(sent, 'messages'), ...objects(sent, 'input')].map((one) => text(one, 'role'))
  const isRole = path === undefined || path.at(-1) === 'role'
  const saysRole = /\bdeveloper\b/i.test(words) && (REFUSES.test(words) || /\brole\b/i.test(words))
  if (isRole && roles.includes('developer') && (saysRole || path !== undefined)) return 'role:developer'
  const late = roles.lastIndexOf('system') > 0
  const first =
    /system (message|role|prompt|content)s?\b.*\b(beginning|first|start|once|one)\b|roles must alternate/i
  if (late && first.test(words)) return 'role:system'
  if (/reasoning_content\b.*\b(must be passed|missing|required|pass(ed)? back)/i.test(words))
    return 'reasoning_content:required'
  const thinking = thinkingForm(words, sent)
  if (thinking !== undefined) return thinking
  if (/encrypted.content/i.test(words) && list(sent, 'include').includes('reasoning.encrypted_content'))
    return REFUSES.test(words) ? 'include' : undefined
  return undefined
}

const BLIND =
  /(not|n't|no endpoints found that) support\b.{0,40}\b(images?|vision|multimodal)\b|\b(images?|vision|multimodal)( inputs?| content)? (is|are) (not (supported|available)|unsupported)|(unknown variant|unexpected|unsupported content type:?) ['"`]?(input_)?image(_url)?['"`]?(?!\w)|not a (vision|multimodal) model|only supports text|text[- ]only model/i
/** Then the image is wrong, not the model without eyes. */
const BAD_IMAGE = /format|mime|media[ _]type|dimension|pixels|too (large|big|small|many)|decode/i

function refusesImages({ words }: Complaint, { sent }: Refusal): boolean {
  if (!BLIND.test(words) || BAD_IMAGE.test(words)) return false
  const said = [...list(sent, 'messages'), ...list(sent, 'input')]
  return /"type":"(image|image_url|input_image)"/.test(JSON.stringify(said))
}

/** Anthropic's two forms of thinking: a model knows one or the other. */
function thinkingForm(words: string, sent: JsonObject): Lesson | undefined {
  const sentForm = text(object(sent, 'thinking') ?? {}, 'type')
  if (!/thinking/i.test(words) || !REFUSES.test(words)) return undefined
  if (sentForm === 'adaptive' && /\badaptive\b/i.test(words)) return 'thinking:budget'
  return sentForm === 'enabled' && /\b(enabled|budget_tokens)\b/i.test(words)
    ? 'thinking:adaptive'
    : undefined
}

/** The lesson about the field at a vendor's path; undefined when it was not sent or cannot be missed. */
function fromPath(path: readonly string[], words: string, refusal: Refusal): Lesson | undefined {
  const { protocol, sent } = refusal
  const found = sentPath(sent, path)
  const [top] = found
  const leaf = found.at(-1)
  if (top === undefined || leaf === undefined) return undefined
  if (ESSENTIAL[protocol].includes(top)) {
    if (found.length < 2 || !MISSABLE.has(leaf)) return undefined
    // The name of a tool or of a call is no ornament.
    if (leaf === 'name' && found.join('.') !== 'messages.name') return undefined
    if (leaf === 'strict') return 'tools.strict'
    return leaf === 'cache_control' ? 'cache_control' : found.join('.')
  }
  if (!REFUSES.test(words) && !WISHES.has(top)) return undefined
  return wholeField(top, found, refusal)
}

function wholeField(top: string, found: readonly string[], refusal: Refusal): Lesson {
  const { sent, body } = refusal
  if (top === 'response_format' && found.at(-1) !== 'strict')
    return object(sent, top)?.['type'] === 'json_schema' ? 'response_format.json_schema' : top
  if (top === 'reasoning_effort' || found.at(-1) === 'effort') {
    const levels = rightValues(body).filter((value) => EFFORT_WORDS.includes(value))
    if (levels.length > 0) return `efforts:${[...new Set(levels)].join(',')}`
  }
  if (found.at(-1) === 'disable_parallel_tool_use') return found.join('.')
  // Of a choice or an options object only the whole has a meaning.
  const whole = ['tool_choice', 'stream_options', 'thinking'].includes(top) || found.at(-1) === 'type'
  return whole ? top : found.join('.')
}

const EFFORT_WORDS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** The vendor's path as far as it is in what was sent; its names of union members (`tools.0.custom.strict`) are passed over. */
function sentPath(sent: JsonObject, path: readonly string[]): string[] {
  const result: string[] = []
  let places: JsonObject[] = [sent]
  for (const [index, step] of path.entries()) {
    const below = places.filter((place) => place[step] !== undefined)
    if (below.length === 0) {
      if (index === 0 || index === path.length - 1) return []
      continue
    }
    result.push(step)
    places = below.flatMap((place) => {
      const value = place[step]
      return (Array.isArray(value) ? value : [value]).filter(isObject)
    })
  }
  return result
}

/** Everything that was sent and can be missed, as paths. */
function candidates({ protocol, sent }: Refusal): string[][] {
  const top = Object.keys(sent).filter((name) => !ESSENTIAL[protocol].includes(name))
  const options = top.flatMap((name) =>
    Object.keys(object(sent, name) ?? {})
      .filter((member) => member !== 'type')
      .map((member) => [name, member]),
  )
  const inside = ESSENTIAL[protocol].flatMap((name) =>
    [...MISSABLE].flatMap((leaf) => {
      const paths = [
        [name, leaf],
        [name, 'function', leaf],
        [name, 'content', leaf],
      ]
      return paths.filter((path) => sentPath(sent, path).length === path.length)
    }),
  )
  return [...top.map((name) => [name]), ...options, ...inside]
}

/** Do the words name this field? A word of everyday language must be marked as a name. */
function names(words: string, field: string): boolean {
  const name = field.replaceAll(/[^\w]/g, '')
  if (name === '') return false
  const plain = snake(words)
  if (name.includes('_') || name === 'temperature')
    return new RegExp(`(?<![\\w])${name}(?!\\w|\\.\\w)`).test(plain)
  // `… arguments supplied: seed, stop`
  const listed = /:\s*(\w+(?:,\s*\w+)*)\W*$/.exec(plain)?.[1]?.split(/,\s*/) ?? []
  if (listed.includes(name)) return true
  const marked = new RegExp(
    `['"\`]${name}['"\`]|(parameter|field|argument|property|key|input|option)s?:? ${name}(?![\\w])|(?<![\\w])${name} (parameter|field|argument|property|option)s?(?![\\w])|^${name}:|(^|[:,] ?)${name} (is|are|was) `,
  )
  return marked.test(plain.trim())
}
