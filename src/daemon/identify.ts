// Which conversation a request belongs to and what it is for, from the agents' own marks
// (docs/clients.md). Pure: headers and a glance at the body in, facts out.

import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { AgentName } from '../base/agent-name.js'
import { assertNever } from '../base/assert-never.js'
import { indexOfMark } from '../base/byte-search.js'
import type { Draft } from '../base/draft.js'
import type { JsonObject } from '../base/json.js'
import { isObject, object, parseJson, text } from '../base/json.js'
import type { RequestPurpose } from '../store/record.js'
import { geminiConversation, geminiFacts } from './gemini-cli.js'
import { type Glance, textAt } from './glance.js'

/** Longer names are cut; the store and the screen carry them everywhere. */
const LONGEST_ID = 256
const DIGEST = 16

/** The id itself, or a beginning of it with a digest of the whole, so that it stays the only one. */
function boundedId(id: string): string {
  if (id.length <= LONGEST_ID) return id
  const digest = createHash('sha256').update(id).digest('hex').slice(0, DIGEST)
  return `${id.slice(0, LONGEST_ID - DIGEST - 1)}-${digest}`
}

export type TraceSettings = {
  readonly traceHeader: string
  readonly threadHeader: string
  readonly extraTraceHeaders: readonly string[]
  readonly extraTraceBodyFields: readonly string[]
  readonly claudeCode: boolean
  readonly codex: boolean
}

export type Identity = {
  readonly agent: AgentName
  readonly agentVersion?: string
  readonly traceId: string
  /** A header's name, `claude-code`, `codex`, `opencode`, `gemini-cli`, a body field, or `new`. */
  readonly traceSource: string
  readonly threadId?: string
  readonly turnKey?: string
  readonly subagent?: string
  readonly parentSubagent?: string
  readonly purpose: RequestPurpose
  readonly directory?: string
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()]
  const first = (Array.isArray(value) ? value[0] : value)?.trim()
  return first === undefined || first === '' ? undefined : first
}

/** How the agents begin their `user-agent`, with their version. */
const BY_USER_AGENT = [
  ['claude-code', /^claude-(?:cli|code)\/([\w.-]+)/],
  ['codex', /^codex[\w-]*\/([\w.-]+)/],
  ['opencode', /^opencode\/([\w.-]+)/],
  ['gemini-cli', /^GeminiCLI[\w-]*\/([\w.-]+)/],
] as const satisfies readonly (readonly [AgentName, RegExp])[]

/** Which agent asks, by its own name for itself. */
export function agentOf(headers: IncomingHttpHeaders): { agent: AgentName; agentVersion?: string } {
  const userAgent = header(headers, 'user-agent') ?? ''
  for (const [agent, form] of BY_USER_AGENT) {
    const version = form.exec(userAgent)?.[1]
    if (version !== undefined) return { agent, agentVersion: version }
  }
  if (header(headers, 'x-claude-code-session-id') !== undefined) return { agent: 'claude-code' }
  if (header(headers, 'originator')?.startsWith('codex') === true) return { agent: 'codex' }
  return { agent: 'other' }
}

/** `metadata.user_id` is JSON with session_id (2.1.78 and newer) or `user_…_account_…_session_<uuid>`. */
function claudeSession(headers: IncomingHttpHeaders, glance: Glance | undefined): string | undefined {
  const named = header(headers, 'x-claude-code-session-id')
  if (named !== undefined) return named
  const user = glance === undefined ? undefined : textAt(glance, 'metadata.user_id')
  if (user === undefined) return undefined
  const parsed = parseJson(user)
  if (isObject(parsed)) return text(parsed, 'session_id')
  return /_session_([0-9a-fA-F-]{36})$/.exec(user)?.[1]
}

function turnMetadata(headers: IncomingHttpHeaders): JsonObject {
  const told = header(headers, 'x-codex-turn-metadata')
  const parsed = told === undefined ? undefined : parseJson(told)
  return isObject(parsed) ? parsed : {}
}

function codexSession(headers: IncomingHttpHeaders, metadata: JsonObject): string | undefined {
  return header(headers, 'session-id') ?? header(headers, 'session_id') ?? text(metadata, 'session_id')
}

type TraceAnswer = { readonly traceId: string; readonly traceSource: string }

function traceOf(
  agent: AgentName,
  headers: IncomingHttpHeaders,
  glance: Glance | undefined,
  settings: TraceSettings,
  metadata: JsonObject,
  newId: () => string,
): TraceAnswer {
  for (const name of [settings.traceHeader, ...settings.extraTraceHeaders]) {
    const value = header(headers, name)
    if (value !== undefined) return { traceId: value, traceSource: name }
  }
  const claude = settings.claudeCode ? claudeSession(headers, glance) : undefined
  if (claude !== undefined) return { traceId: claude, traceSource: 'claude-code' }
  const codex = settings.codex ? codexSession(headers, metadata) : undefined
  if (codex !== undefined) return { traceId: codex, traceSource: 'codex' }
  for (const path of settings.extraTraceBodyFields) {
    const value = glance === undefined ? undefined : textAt(glance, path)
    if (value !== undefined) return { traceId: value, traceSource: path }
  }
  const opencode = agent === 'opencode' ? header(headers, 'x-session-id') : undefined
  if (opencode !== undefined) return { traceId: opencode, traceSource: 'opencode' }
  const gemini = agent === 'gemini-cli' ? geminiConversation(glance) : undefined
  if (gemini !== undefined) return { traceId: gemini, traceSource: 'gemini-cli' }
  return { traceId: newId(), traceSource: 'new' }
}

const OPENCODE_TITLE = 'You are a title generator.'

/** The title of a session is asked for beside its first turn, in the same session, without tools. */
function opencodeFacts(glance: Glance | undefined): Partial<Identity> {
  const head = glance?.bytes('messages')?.subarray(0, 256)
  const isTitle = glance?.bytes('tools') === undefined && head?.includes(OPENCODE_TITLE) === true
  return isTitle ? { purpose: 'title' } : {}
}

function codexPurpose(metadata: JsonObject): RequestPurpose {
  if (text(metadata, 'thread_source') === 'thread_title') return 'title'
  return text(metadata, 'request_kind') === 'compaction' ? 'compaction' : 'turn'
}

const COMPACTION = 'CRITICAL: Respond with TEXT ONLY.'
/** The compaction prompt stands in the last message; its own length stays far below this. */
const COMPACTION_TAIL = 64 * 1024

function claudePurpose(glance: Glance): RequestPurpose {
  const tools = glance.bytes('tools')
  if (tools !== undefined && tools.length < 400 && tools.includes('"web_search_')) return 'web-search'
  const empty = tools === undefined || /^\[\s*\]$/.test(tools.subarray(0, 16).toString('utf8'))
  if (empty && glance.bytes('output_config')?.includes('json_schema') === true) return 'title'
  const messages = glance.bytes('messages')
  const tail = messages?.subarray(Math.max(0, messages.length - COMPACTION_TAIL))
  return tail !== undefined && indexOfMark(tail, COMPACTION, 'CRITIC') !== -1 ? 'compaction' : 'turn'
}

/** Both agents tell their folder near the beginning, so that a long conversation is not searched to its end. */
const DIRECTORY_HEAD = 256 * 1024

/** `rare` as in indexOfMark. */
type Mark = { readonly mark: string; readonly rare: string }

/** What stands between `before` and `end` behind the first `mark` in these bytes of JSON; undefined: nothing does. */
function told(
  value: Buffer | undefined,
  { mark, rare }: Mark,
  before: string,
  end: RegExp,
): string | undefined {
  const head = value?.subarray(0, DIRECTORY_HEAD)
  const marked = head === undefined ? -1 : indexOfMark(head, mark, rare)
  if (head === undefined || marked < 0) return undefined
  const words = head.subarray(marked, marked + 2048).toString('utf8')
  const at = words.indexOf(before)
  if (at < 0) return undefined
  const found = words.slice(at + before.length).split(end, 2)
  return found.length < 2 || found[0] === '' ? undefined : found[0]?.replaceAll('\\\\', '\\')
}

/** In the system text (2.1.197), or in a part of a message that begins with "# Environment" (2.1.328). */
function claudeDirectory(glance: Glance): string | undefined {
  const before = 'orking directory: '
  const end = /\\n|"|\n/
  return (
    told(glance.bytes('system'), { mark: before, rare: 'y: ' }, before, end) ??
    told(glance.bytes('messages'), { mark: '"# Environment\\n', rare: '# Env' }, before, end)
  )
}

const CONTEXT_MARK: Mark = { mark: '<environment_context>', rare: '<envi' }

/** Codex names the folder in its headers only where it is a repository; else in the first message. */
function codexDirectory(metadata: JsonObject, glance: Glance | undefined): string | undefined {
  const [workspace] = Object.keys(object(metadata, 'workspaces') ?? {})
  return workspace ?? told(glance?.bytes('input'), CONTEXT_MARK, '<cwd>', /<\/cwd>/)
}

function codexFacts(
  headers: IncomingHttpHeaders,
  metadata: JsonObject,
  glance: Glance | undefined,
): Partial<Identity> {
  const parent = text(metadata, 'parent_thread_id') ?? header(headers, 'x-codex-parent-thread-id')
  const thread = text(metadata, 'thread_id') ?? header(headers, 'thread-id')
  const turnKey = text(metadata, 'turn_id')
  const directory = codexDirectory(metadata, glance)
  const facts: Draft<Partial<Identity>> = { purpose: codexPurpose(metadata) }
  if (turnKey !== undefined) facts.turnKey = turnKey
  if (parent !== undefined && thread !== undefined) facts.subagent = thread
  if (directory !== undefined) facts.directory = directory
  return facts
}

function claudeFacts(headers: IncomingHttpHeaders, glance: Glance | undefined): Partial<Identity> {
  const subagent = header(headers, 'x-claude-code-agent-id')
  const parentSubagent = header(headers, 'x-claude-code-parent-agent-id')
  const directory = glance === undefined ? undefined : claudeDirectory(glance)
  const facts: Draft<Partial<Identity>> = { purpose: glance === undefined ? 'other' : claudePurpose(glance) }
  if (subagent !== undefined) facts.subagent = subagent
  if (parentSubagent !== undefined) facts.parentSubagent = parentSubagent
  if (directory !== undefined) facts.directory = directory
  return facts
}

function factsOf(
  agent: AgentName,
  headers: IncomingHttpHeaders,
  metadata: JsonObject,
  glance: Glance | undefined,
): Partial<Identity> | undefined {
  switch (agent) {
    case 'codex':
      return codexFacts(headers, metadata, glance)
    case 'claude-code':
      return claudeFacts(headers, glance)
    case 'opencode':
      return opencodeFacts(glance)
    case 'gemini-cli':
      return geminiFacts(glance)
    case 'other':
      return undefined
    default:
      return assertNever(agent)
  }
}

/** `glance` is absent for requests without a model body. `newId` makes the id of a trace that nobody named. */
export function identify(
  headers: IncomingHttpHeaders,
  glance: Glance | undefined,
  settings: TraceSettings,
  newId: () => string,
): Identity {
  const metadata = turnMetadata(headers)
  const who = agentOf(headers)
  const thread = header(headers, settings.threadHeader)
  const { traceId, traceSource } = traceOf(who.agent, headers, glance, settings, metadata, newId)
  const identity: Draft<Identity> = {
    agent: who.agent,
    traceId: boundedId(traceId),
    traceSource,
    purpose: glance === undefined ? 'other' : 'turn',
  }
  if (who.agentVersion !== undefined) identity.agentVersion = who.agentVersion
  if (thread !== undefined) identity.threadId = boundedId(thread)
  const facts = factsOf(who.agent, headers, metadata, glance)
  return facts === undefined ? identity : Object.assign(identity, facts)
}
