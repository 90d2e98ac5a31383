// The shape of config.yml: only keys that do something. A new key is one line here; its default, its environment
// override, its origin and its error message follow from that line.

import { z } from 'zod'
import { AGENT_WORDS, agentNamed } from '../base/agent-name.js'
import { nearest } from '../base/nearest.js'
import { checkInterval } from './check-interval.js'
import { collectorUrl, endpointUrl } from './endpoints.js'
import {
  anyText,
  duration,
  headerName,
  kind,
  listenHost,
  matching,
  numberFrom,
  oneOf,
  size,
  wholeNumber,
  yesOrNo,
} from './kinds.js'

export const PROTOCOLS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const
export type Protocol = (typeof PROTOCOLS)[number]

/** Names of channels, profiles, keys, tags. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const name = matching('a name of letters, digits, dot, dash and underscore, at most 64', NAME)

/** Whether a channel, a profile or a key may be called so. */
export function isName(text: string): boolean {
  return NAME.test(text)
}

/** A list of one kind; an empty value (`models:` with nothing behind it) is an empty list. */
function listOf<T extends z.ZodType>(item: T) {
  return z.preprocess((value) => value ?? [], z.array(item))
}

/** A group of settings; an empty or absent value is the group of its defaults. */
function group<T extends z.ZodRawShape>(shape: T) {
  return z.preprocess((value) => value ?? {}, z.strictObject(shape)).prefault({})
}

/** A mapping from names to values of one kind. */
function named<K extends z.core.$ZodRecordKey, T extends z.ZodType>(key: K, value: T) {
  return z.preprocess((raw) => raw ?? {}, z.record(key, value))
}

const trace = group({
  trace_header: headerName.prefault('AH-Trace-Id'),
  thread_header: headerName.prefault('AH-Thread-Id'),
  request_header: headerName.prefault('AH-Request-Id'),
  extra_trace_headers: listOf(headerName).prefault([]),
  extra_trace_body_fields: listOf(
    matching('a path into the body, for example metadata.session_id', /^[^\s.]+(\.[^\s.]+)*$/),
  ).prefault([]),
  claude_code_trace_enabled: yesOrNo.prefault(true),
  codex_trace_enabled: yesOrNo.prefault(true),
})

/** After so many failures in a row a channel is left alone for a model; `off` (or 0 failures) never. Times in ms. */
const breaker = z
  .preprocess(
    (value, context) => {
      const group = value === 'off' ? { failures: 0 } : (value ?? {})
      if (typeof group === 'object' && !Array.isArray(group)) return group
      context.addIssue({
        code: 'custom',
        message: 'off, or a mapping with failures, open_for, max_open_for',
      })
      return z.NEVER
    },
    z.strictObject({
      failures: wholeNumber(0, 1000).prefault(3),
      open_for: duration.prefault('30s'),
      max_open_for: duration.prefault('5m'),
    }),
  )
  .prefault({})

/** Everything a person can also set by environment: plain settings with defaults. */
export const SETTINGS = {
  server: group({
    /** Any but a loopback address only with `allow_remote` and `tls` (cross-check.ts). */
    host: listenHost.prefault('127.0.0.1'),
    /** 0 takes any free port. */
    port: wholeNumber(0, 65_535).prefault(8090),
    allow_remote: yesOrNo.prefault(false),
    /** Paths of PEM files; relative ones start at the folder of config.yml. */
    tls: z.strictObject({ cert: anyText, key: anyText }).exactOptional(),
    /** Milliseconds. */
    llm_request_timeout: duration.prefault('600s'),
    trace,
    capture: group({
      bodies: oneOf(['full', 'metadata', 'off']).prefault('full'),
      /** How long a conversation is kept after its last use, and a body after its request began; ms. */
      retention: duration.prefault('30d'),
      /** Bytes of the database; over it the oldest bodies go. */
      max_size: size.prefault('2GB'),
    }),
  }),
  routing: group({
    affinity: yesOrNo.prefault(true),
    /** How many channels one request may be tried on; the keys of a channel count once. */
    max_attempts: wholeNumber(1, 20).prefault(3),
    breaker,
    /** How long a provider's hint to wait is believed without a new probe, ms. */
    cooldown_cap: duration.prefault('30m'),
  }),
  provider_quota: group({
    /** How often each account is asked what is left, ms; answers of the agents tell it for free. */
    check_interval: checkInterval.prefault('20m'),
    /** Ask Anthropic with the login of Claude Code, which is not meant for others and may be refused. */
    claude_usage: yesOrNo.prefault(false),
  }),
  telemetry: group({
    otlp: group({
      /** A collector's address; absent: nothing is sent anywhere. */
      endpoint: collectorUrl.exactOptional(),
      /** Sent with each export; a value may be a reference, as an api_key is. */
      headers: named(headerName, anyText).prefault({}),
      /** What was asked and answered too, and not only names and figures. */
      content: yesOrNo.prefault(false),
    }),
  }),
  active_profile: name.exactOptional(),
}

const SECRET_REFERENCE = 'keychain:NAME, env:NAME, cmd:COMMAND, file:PATH, or the key itself'

const REFERENCE_KINDS = ['keychain', 'env', 'cmd', 'file']

/** What is wrong with one reference, as what is allowed instead; undefined when it is fine. Never repeats the value. */
function wrongReference(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return SECRET_REFERENCE
  const reference = value.trim()
  // Sent as a key, a slip like these would only be refused by the provider, far from here.
  if (reference.startsWith('$'))
    return `${SECRET_REFERENCE}; a variable of the environment is written env:NAME, without $`
  const [, word, rest] = /^([a-z]{2,12}):([\s\S]*)$/i.exec(reference) ?? []
  if (word === undefined) return undefined
  if (REFERENCE_KINDS.includes(word)) return rest?.trim() === '' ? SECRET_REFERENCE : undefined
  const lower = word.toLowerCase()
  const close = REFERENCE_KINDS.includes(lower) ? lower : nearest(lower, REFERENCE_KINDS)[0]
  return `${SECRET_REFERENCE}${close === undefined ? '' : ` (did you mean ${close}:?)`}`
}

function isSecretReference(value: unknown): value is string {
  return wrongReference(value) === undefined
}

/** `keychain:NAME`, `env:NAME`, `cmd:COMMAND`, `file:PATH`, or the secret itself (secrets/reference.ts); or a list of them. */
const secretReferences = z.unknown().transform((value, context): string[] => {
  const wrong = (message: string, path: number[] = []) => {
    context.addIssue({ code: 'custom', message, path })
  }
  if (isSecretReference(value)) return [value]
  if (typeof value === 'string') wrong(wrongReference(value) ?? SECRET_REFERENCE)
  else if (!Array.isArray(value)) wrong(`${SECRET_REFERENCE}, or a list of these`)
  else if (value.length === 0) wrong('a list that is not empty')
  else
    value.forEach((item, index) => {
      if (!isSecretReference(item)) wrong(wrongReference(item) ?? SECRET_REFERENCE, [index])
      else if (value.indexOf(item) < index) wrong('a key that is not in the list already', [index])
    })
  return Array.isArray(value) ? value.filter(isSecretReference) : []
})

const channel = z.strictObject({
  name,
  provider: name.exactOptional(),
  endpoints: z.preprocess((raw) => raw ?? {}, z.partialRecord(oneOf(PROTOCOLS), endpointUrl)).exactOptional(),
  api_key: secretReferences.exactOptional(),
  auth: oneOf(['client', 'login']).exactOptional(),
  /** Exact ids or globs; absent: the preset's, else every model, of which those are offered that its provider lists. */
  models: listOf(anyText).exactOptional(),
  tags: listOf(name).prefault([]),
  /** Lower is tried first. */
  priority: wholeNumber(-1000, 1000).prefault(0),
  /** Share among channels of equal priority; 0 is tried last. */
  weight: numberFrom(0).prefault(1),
  headers: named(headerName, anyText).prefault({}),
  enabled: yesOrNo.prefault(true),
  /** `off`: its provider is never asked what is left of it; what its answers tell is shown all the same. */
  quota: oneOf(['on', 'off']).prefault('on'),
})

const percentage = kind('a number from 0 to 100', (value) =>
  typeof value === 'number' && value >= 0 && value <= 100 ? value : undefined,
)

/** By the names that the hub gives them, or by what their commands are called. */
const agentName = kind(AGENT_WORDS.join(', '), (value) =>
  typeof value === 'string' ? agentNamed(value) : undefined,
)

/** What must be so for a mapping to be used; all must hold. Measured by daemon/facts.ts. */
const conditions = z.strictObject({
  agent: agentName.exactOptional(),
  /** An estimate of the tokens of the whole input. */
  input_tokens_over: wholeNumber(0, 100_000_000).exactOptional(),
  /** An image anywhere in the conversation, which is sent whole each time. */
  has_images: yesOrNo.exactOptional(),
  thinking: yesOrNo.exactOptional(),
  /** A side call of the agent: a title, a safety check, its small model. */
  background: yesOrNo.exactOptional(),
  subagent: yesOrNo.exactOptional(),
  /** The provider is offered as a searcher of the web. */
  web_search: yesOrNo.exactOptional(),
  /** Less than so many percent are left of the channel's plan; what is not known is not below. */
  quota_below: z.strictObject({ channel: name, percent: percentage }).exactOptional(),
})

const mapping = z.strictObject({
  from: anyText,
  to: anyText,
  when: conditions.exactOptional(),
  /** One channel, or several as ordered fallback. */
  channel: z
    .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(name).min(1))
    .exactOptional(),
})

/** Of a profile; the examples of the package have the same. */
export const PROFILE_FIELDS = {
  mappings: listOf(mapping).prefault([]),
  channels: listOf(name).exactOptional(),
  tags: listOf(name).exactOptional(),
}

const profile = z.preprocess((value) => value ?? {}, z.strictObject(PROFILE_FIELDS))

const key = z.preprocess((value) => value ?? {}, z.strictObject({ profile: name.exactOptional() }))

/** Commands that are told of something as JSON on stdin, run by the user's shell. Never by environment: only this file says what is run. */
const hooks = group({
  /** An account gets low, is used up, is free again. */
  quota: anyText.exactOptional(),
})

export const configSchema = z.strictObject({
  ...SETTINGS,
  channels: listOf(channel).prefault([]),
  profiles: named(name, profile).prefault({}),
  keys: named(name, key).prefault({}),
  hooks,
})

/** A checked config: names as in the file, durations in ms, every setting filled in. */
export type Config = z.output<typeof configSchema>
export type ChannelConfig = Config['channels'][number]
export type ProfileConfig = Config['profiles'][string]
