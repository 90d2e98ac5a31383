// What a request is as spans, by the conventions for generative AI (https://opentelemetry.io/docs/specs/semconv/gen-ai/,
// read 2026-11): one for the request, a child for each upstream that was tried. Pure: plain values in, a plan out.

import {
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_URL_PATH,
  ATTR_URL_QUERY,
} from '@opentelemetry/semantic-conventions'
import {
  ATTR_GEN_AI_AGENT_NAME,
  ATTR_GEN_AI_AGENT_VERSION,
  ATTR_GEN_AI_CONVERSATION_ID,
  ATTR_GEN_AI_INPUT_MESSAGES,
  ATTR_GEN_AI_OPERATION_NAME,
  ATTR_GEN_AI_OUTPUT_MESSAGES,
  ATTR_GEN_AI_PROVIDER_NAME,
  ATTR_GEN_AI_REQUEST_MODEL,
  ATTR_GEN_AI_REQUEST_STREAM,
  ATTR_GEN_AI_RESPONSE_FINISH_REASONS,
  ATTR_GEN_AI_RESPONSE_ID,
  ATTR_GEN_AI_RESPONSE_MODEL,
  ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  ATTR_GEN_AI_SYSTEM,
  ATTR_GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_OUTPUT_TOKENS,
  ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS,
} from '@opentelemetry/semantic-conventions/incubating'
import type { AttemptFinished, RecordedUsage, RequestFinished, RequestStarted } from '../store/record.js'

type Value = string | number | boolean | readonly string[]
export type Attributes = Readonly<Record<string, Value>>

export type SpanPlan = {
  readonly name: string
  /** server: the agent asked the hub · client: the hub asked a provider. */
  readonly kind: 'server' | 'client'
  /** Ms since the epoch, with fractions. */
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Attributes
  /** Why it failed; undefined when it did not. */
  readonly error: string | undefined
  readonly events: readonly {
    readonly name: string
    readonly atMs: number
    readonly attributes: Attributes
  }[]
  readonly children: readonly SpanPlan[]
}

export type RequestStory = {
  readonly started: RequestStarted
  readonly attempts: readonly AttemptFinished[]
  readonly finished: RequestFinished
}

export type StoryContext = {
  /** The provider behind a channel; undefined for one of the user's own. */
  readonly providerOf: (channel: string) => string | undefined
  /** What was asked and answered, as JSON by the conventions; undefined where content is not wanted. */
  readonly content: { readonly input: string; readonly output: string } | undefined
}

/** Our presets by the names that the conventions know. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  codex: 'openai',
  openai: 'openai',
  claude: 'anthropic',
  anthropic: 'anthropic',
  deepseek: 'deepseek',
  moonshot: 'moonshot_ai',
  kimi: 'moonshot_ai',
  groq: 'groq',
  mistral: 'mistral_ai',
  xai: 'x_ai',
  gemini: 'gcp.gemini',
}

/** What is asked of a model in each purpose; the conventions have one word for all of ours. */
const OPERATION = 'chat'

type Fields = Readonly<Record<string, Value | undefined>>

function present(fields: Fields): Attributes {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}

function provider(channel: string | undefined, { providerOf }: StoryContext): string | undefined {
  if (channel === undefined) return undefined
  const name = providerOf(channel)
  return name === undefined ? channel : (WELL_KNOWN[name] ?? name)
}

/** The conventions count what came from the cache as input too. */
function usageFields(usage: RecordedUsage | undefined): Fields {
  if (usage === undefined) return {}
  const written = usage.cacheWrite5m + usage.cacheWrite1h
  return {
    [ATTR_GEN_AI_USAGE_INPUT_TOKENS]: usage.inputFresh + usage.cacheRead + written,
    [ATTR_GEN_AI_USAGE_OUTPUT_TOKENS]: usage.output,
    [ATTR_GEN_AI_USAGE_CACHE_READ_INPUT_TOKENS]: usage.cacheRead,
    [ATTR_GEN_AI_USAGE_CACHE_CREATION_INPUT_TOKENS]: written,
    [ATTR_GEN_AI_USAGE_REASONING_OUTPUT_TOKENS]: usage.reasoning,
  }
}

function requestFields({ started, finished }: RequestStory, context: StoryContext): Attributes {
  const { firstTokenMs, stopReason } = finished
  const name = provider(finished.channel, context)
  return present({
    [ATTR_GEN_AI_OPERATION_NAME]: OPERATION,
    [ATTR_GEN_AI_PROVIDER_NAME]: name,
    [ATTR_GEN_AI_SYSTEM]: name,
    [ATTR_GEN_AI_REQUEST_MODEL]: started.modelAsked,
    [ATTR_GEN_AI_RESPONSE_MODEL]: finished.modelUsed,
    [ATTR_GEN_AI_REQUEST_STREAM]: started.stream,
    [ATTR_GEN_AI_CONVERSATION_ID]: started.traceId,
    [ATTR_GEN_AI_AGENT_NAME]: started.agent,
    [ATTR_GEN_AI_AGENT_VERSION]: started.agentVersion,
    ...usageFields(finished.usage),
    [ATTR_GEN_AI_RESPONSE_FINISH_REASONS]: stopReason === undefined ? undefined : [stopReason],
    [ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK]: firstTokenMs === undefined ? undefined : firstTokenMs / 1000,
    [ATTR_GEN_AI_INPUT_MESSAGES]: context.content?.input,
    [ATTR_GEN_AI_OUTPUT_MESSAGES]: context.content?.output,
    [ATTR_HTTP_RESPONSE_STATUS_CODE]: finished.status === 0 ? undefined : finished.status,
    [ATTR_URL_PATH]: started.path.split('?', 1)[0],
    [ATTR_URL_QUERY]: started.path.split('?')[1],
    'error.type': finished.errorCode,
    'axonhub.request.id': started.requestId,
    'axonhub.purpose': started.purpose,
    'axonhub.subagent': started.subagent,
    'axonhub.key': started.keyName,
    'axonhub.channel': finished.channel,
    'axonhub.mode': finished.mode,
    'axonhub.notes': finished.notes.length,
  })
}

function attemptSpan(attempt: AttemptFinished, context: StoryContext): SpanPlan {
  const name = provider(attempt.channel, context)
  const { hostname } = new URL(attempt.url)
  return {
    name: `${OPERATION} ${attempt.modelUsed}`,
    kind: 'client',
    startMs: attempt.startedAt,
    endMs: attempt.startedAt + attempt.durationMs,
    attributes: present({
      [ATTR_GEN_AI_OPERATION_NAME]: OPERATION,
      [ATTR_GEN_AI_PROVIDER_NAME]: name,
      [ATTR_GEN_AI_SYSTEM]: name,
      [ATTR_GEN_AI_REQUEST_MODEL]: attempt.modelUsed,
      [ATTR_GEN_AI_RESPONSE_ID]: attempt.upstreamRequestId,
      [ATTR_SERVER_ADDRESS]: hostname,
      [ATTR_HTTP_RESPONSE_STATUS_CODE]: attempt.status,
      'error.type': attempt.errorCode,
      'axonhub.attempt': attempt.number,
      'axonhub.channel': attempt.channel,
      'axonhub.channel.key': attempt.key,
      'axonhub.mode': attempt.mode,
      'axonhub.protocol': attempt.protocol,
    }),
    error: attempt.outcome === 'completed' ? undefined : (attempt.errorText ?? attempt.outcome),
    events:
      attempt.firstByteMs === undefined
        ? []
        : [{ name: 'first byte', atMs: attempt.startedAt + attempt.firstByteMs, attributes: {} }],
    children: [],
  }
}

export function requestSpan(story: RequestStory, context: StoryContext): SpanPlan {
  const { started, attempts, finished } = story
  const startMs = started.startedAt
  const at = (ms: number) => startMs + ms
  return {
    name: `${OPERATION} ${started.modelAsked}`,
    kind: 'server',
    startMs,
    endMs: at(finished.durationMs),
    attributes: requestFields(story, context),
    error: finished.outcome === 'completed' ? undefined : (finished.errorText ?? finished.outcome),
    events: [
      ...(finished.firstTokenMs === undefined
        ? []
        : [{ name: 'first token', atMs: at(finished.firstTokenMs), attributes: {} }]),
      ...(finished.gaps ?? []).map((gap) => ({
        name: 'silence',
        atMs: at(gap.atMs),
        attributes: { 'axonhub.silence.ms': gap.durationMs },
      })),
    ],
    children: attempts.map((attempt) => attemptSpan(attempt, context)),
  }
}
