// What a hub is made of, opened in the order that leaves nothing behind when a step fails.

import type { Clock } from '../base/clock.js'
import { asHubError, type HubError, sentence } from '../base/errors.js'
import { onceForEach } from '../base/once-for-each.js'
import { oneAtATime } from '../base/one-at-a-time.js'
import { youngCollection } from '../base/young-collection.js'
import type { Channel } from '../config/channels.js'
import type { Environment, Paths } from '../config/paths.js'
import type { Config } from '../config/schema.js'
import { replaceIfUnchanged } from '../edit/atomic-write.js'
import { codecOf } from '../protocol/registry.js'
import { keychainReader } from '../quota/keychain.js'
import { type LoginPlace, readLogin } from '../quota/login-file.js'
import { openRecorder, type Recorder } from '../recorder/recorder.js'
import { type SecretCache, secretCache } from '../secrets/cache.js'
import { openSecretStore } from '../secrets/open.js'
import type { SecretStore } from '../secrets/store.js'
import type { RecordMessage } from '../store/record.js'
import type { Retention } from '../store/views.js'
import { type TokenCounter, tokenCounter } from '../tokens/counter.js'
import { openUpstreamClient, type UpstreamClient } from '../upstream/client.js'
import type { KeyRing } from './authenticate.js'
import { type CardBook, openCards } from './cards.js'
import { logCrashes } from './crash-log.js'
import type { CredentialSource } from './credentials.js'
import type { RoutingQuestion } from './decide.js'
import { demoConfiguration, startDemo } from './demo-mode.js'
import { createDrain, type Drain } from './drain.js'
import type { ExchangeDeps, ExchangeSettings, RouteQuestion } from './exchange-state.js'
import { continuesToolLoop, factsOf, laneOf } from './facts.js'
import { type InForce, loadInForce } from './in-force.js'
import { loadKeyRing } from './keyring.js'
import { tellSecrets } from './known-secrets.js'
import { createLastRoutes, type LastRoutes } from './last-routes.js'
import { type LearnedBook, openLearned } from './learned.js'
import { learnedRouter } from './learned-router.js'
import type { ListedModels } from './listed-models.js'
import { createLiveBook, type LiveBook } from './live-book.js'
import { type Log, openLog } from './log.js'
import { needsOf } from './needs.js'
import { openListed } from './open-listed.js'
import { openQuota } from './open-quota.js'
import { type Place, placeOf } from './place.js'
import { openPlaces } from './places.js'
import { priced } from './pricing.js'
import type { QuotaDesk } from './quota-desk.js'
import { createRouter, type Router } from './router.js'
import { createRunning, type Running } from './running.js'
import { openTelemetry, type Telemetry } from './telemetry.js'
import { createTestBoard, type TestBoard } from './test-board.js'

export type HubOptions = {
  readonly paths: Paths
  readonly env: Environment
  readonly userHome: string
  /** Values of command line flags by dotted path, for example `{ 'server.port': 9000 }`. */
  readonly flags: Readonly<Record<string, number | string>>
  readonly version: string
  /** With the embedded upstream in place of all channels. */
  readonly demo: boolean
  readonly clock: Clock
  readonly newId: (prefix: string) => string
  /** Log lines for a person, in the foreground. */
  readonly echo?: (line: string) => void
  /** How long things wait; the defaults are those that the agents need. */
  readonly timing?: Partial<Timing>
}

/** All in ms. */
export type Timing = {
  /** Silence after which a data keep-alive goes out: far below the 300 s after which both agents give up on a stream. */
  readonly keepAliveMs: number
  /** How long the first events of a stream wait for content, so that an early failure can still go to another channel. */
  readonly holdMs: number
  /** After how much silence a stream is opened for an agent that gives up on a late beginning (300 s). */
  readonly earlyHeadMs: number
  /** How long a stop waits for running answers. */
  readonly drainMs: number
}

export const TIMING: Timing = { keepAliveMs: 15_000, holdMs: 3_000, earlyHeadMs: 200_000, drainMs: 30_000 }

export type HubParts = {
  readonly options: HubOptions
  readonly log: Log
  readonly inForce: InForce
  readonly secrets: SecretStore
  readonly credentials: SecretCache
  readonly recorder: Recorder
  readonly upstream: UpstreamClient
  readonly tokens: TokenCounter
  readonly running: Running
  readonly live: LiveBook
  readonly router: Router
  /** What upstreams refused before. */
  readonly learned: LearnedBook
  /** What tests found out about channels. */
  readonly cards: CardBook
  /** What the providers list of channels whose models nobody named. */
  readonly listed: ListedModels
  /** Tests of channels that run. */
  readonly tests: TestBoard
  readonly quota: QuotaDesk
  readonly lastRoutes: LastRoutes
  readonly drain: Drain
  /** What goes out to the user's own monitoring. */
  readonly telemetry: Telemetry
  /** Marks what this hub sends up, for as long as it runs (loop-guard.ts). */
  readonly instance: string
  /** Where the hub listens. */
  readonly place: Place
  /** The client keys in force. */
  keys(): KeyRing
  /** Reads configuration and keys again. */
  reload(): Promise<boolean>
}

/** Keys by their references, logins from the agents' own files. */
export function credentialSource(
  { env, userHome, clock }: HubOptions,
  credentials: SecretCache,
  keychain?: LoginPlace['keychain'],
): CredentialSource {
  return {
    secret: (reference) => credentials.known(reference) ?? credentials.get(reference),
    login: (agent) => readLogin(agent, { env, userHome, keychain }, clock.now()),
  }
}

/** Closing steps, run in reverse order. */
export type Closers = (() => Promise<void> | void)[]

const LOG_BYTES = 5 * 1024 * 1024
const LOG_FILES = 3

async function openConfiguration(options: HubOptions, closers: Closers): Promise<InForce> {
  const { paths, env, flags } = options
  if (!options.demo) return loadInForce({ paths, env, flags })
  const demo = await startDemo(options)
  closers.push(() => demo.close())
  return loadInForce({ paths, env, flags, adapt: (loaded) => demoConfiguration(loaded, demo.baseUrl) })
}

/** The names of the channels that are not what they were. */
function editedChannels(before: readonly Channel[], after: readonly Channel[]): string[] {
  const old = new Map(before.map((channel) => [channel.name, JSON.stringify(channel)]))
  return after.filter((channel) => old.get(channel.name) !== JSON.stringify(channel)).map(({ name }) => name)
}

function openHubLog({ paths, clock, echo }: HubOptions, closers: Closers): Log {
  const log = openLog({
    file: paths.log,
    maxBytes: LOG_BYTES,
    keep: LOG_FILES,
    ...(echo === undefined ? {} : { echo }),
  })
  closers.push(() => log.close())
  closers.push(logCrashes(paths.log, () => clock.now()))
  return log
}

function currentRing(
  parts: Pick<HubParts, 'options' | 'inForce' | 'recorder' | 'secrets' | 'log'>,
): Promise<KeyRing> {
  const { options, inForce, recorder, secrets, log } = parts
  return loadKeyRing(inForce.loaded().config, {
    recorder,
    secrets,
    now: () => options.clock.now(),
    warn: (key, error) => log.warn('key.unusable', { key, message: error.message }),
  })
}

async function openTelemetryOf(
  { version }: HubOptions,
  { inForce, credentials, log, recorder }: Pick<HubParts, 'inForce' | 'credentials' | 'log' | 'recorder'>,
  closers: Closers,
): Promise<Telemetry> {
  const telemetry = openTelemetry({
    log,
    version,
    config: () => inForce.loaded().config,
    channels: inForce.channels,
    async secret(reference) {
      const value = await credentials.get(reference)
      recorder.know([value])
      return value
    },
  })
  closers.push(() => telemetry.close())
  await telemetry.apply()
  return telemetry
}

/** What is remembered of conversations, refusals and tests. */
async function openBooks({ recorder, log }: Pick<HubParts, 'recorder' | 'log'>, now: () => number) {
  const failed = (event: string) => (error: HubError) => log.warn(event, { message: error.message })
  const places = await openPlaces(recorder, failed('places.failed'))
  const learned = await openLearned({ recorder, now, failed: failed('learned.failed') })
  const cards = await openCards({ recorder, failed: failed('cards.failed') })
  return { places, learned, cards }
}

/** Throws HubError; what was opened until then is in `closers`. */
export async function openParts(options: HubOptions, closers: Closers): Promise<HubParts> {
  const { paths, env, userHome, clock, version } = options
  const inForce = await openConfiguration(options, closers)
  const log = openHubLog(options, closers)
  const secrets = await openSecretStore({
    home: paths.home,
    path: paths.secrets,
    replace: replaceIfUnchanged,
    platform: process.platform,
    env,
  })
  const credentials = secretCache({ store: secrets, env, userHome })
  const recorder = await openRecorder({
    database: paths.database,
    capture: inForce.loaded().config.server.capture.bodies,
    retention: retentionOf(inForce),
    onError: (error) => log.error('recorder.failed', { message: sentence(error) }),
  }).catch((thrown: unknown) => {
    log.error('hub.not-started', { message: sentence(asHubError(thrown)) })
    throw thrown
  })
  closers.push(() => recorder.close())
  await tellSecrets({ inForce, credentials, secrets, recorder })
  const upstream = openUpstreamClient()
  closers.push(() => upstream.close())
  const tokens = tokenCounter()
  closers.push(() => tokens.close())
  const ring = () => currentRing({ options, inForce, recorder, secrets, log })
  let keys = await ring()
  const place = placeOf(inForce.loaded().config.server, options)
  const { places, learned, cards } = await openBooks({ recorder, log }, () => clock.now())
  const running = createRunning()
  const keychain = keychainReader({ platform: process.platform, now: () => clock.now() })
  const quota = await openQuota(options, { inForce, recorder, upstream, credentials, log, running }, keychain)
  closers.push(() => quota.close())
  const telemetry = await openTelemetryOf(options, { inForce, credentials, log, recorder }, closers)
  const source = credentialSource(options, credentials, keychain)
  const bareRouter = createRouter({
    quota: quota.desk.standing,
    shortcoming: cards.shortcoming,
    table: inForce.table,
    secrets: source,
    now: () => clock.now(),
    ownAddress: () => place,
    ...places,
  })
  const router = learnedRouter(bareRouter, learned)
  const instance = options.newId('ah-')
  return {
    options,
    log,
    inForce,
    secrets,
    credentials,
    recorder,
    upstream,
    tokens,
    running,
    live: createLiveBook(),
    router,
    learned,
    cards,
    listed: openListed({ inForce, place, upstream, credentials: source, instance, clock, version }),
    tests: createTestBoard(),
    quota: quota.desk,
    lastRoutes: createLastRoutes(),
    instance,
    place,
    drain: createDrain(),
    telemetry,
    keys: () => keys,
    // The watch of the file and a command ask at the same moment, and the older ring of keys must not come last.
    reload: oneAtATime(async () => {
      const before = inForce.channels()
      const changed = inForce.reload()
      // Who edits a channel has a reason: what was learned of the old one no longer holds.
      for (const name of editedChannels(before, inForce.channels())) {
        router.report({ type: 'cleared', channel: name })
        learned.forget(name)
      }
      credentials.forget()
      await tellSecrets({ inForce, credentials, secrets, recorder })
      keys = await ring()
      recorder.setCapture(inForce.loaded().config.server.capture.bodies)
      recorder.setRetention(retentionOf(inForce))
      await telemetry.apply()
      return changed
    }),
  }
}

function retentionOf(inForce: InForce): Retention {
  const { retention, max_size } = inForce.loaded().config.server.capture
  return { retentionMs: retention, maxBytes: max_size }
}

function exchangeSettings({ options, instance }: HubParts, { server }: Config): ExchangeSettings {
  const { trace } = server
  const own = [trace.trace_header, trace.thread_header, ...trace.extra_trace_headers, trace.request_header]
  return {
    ownHeaders: new Set(own.map((name) => name.toLowerCase())),
    requestHeader: trace.request_header,
    silenceMs: server.llm_request_timeout,
    ...TIMING,
    ...options.timing,
    captureBodies: server.capture.bodies === 'full',
    version: options.version,
    instance,
  }
}

/** What the router is asked about a request. */
export function routingQuestion(
  { quota }: Pick<HubParts, 'quota'>,
  { glance, caller, identity, protocol }: RouteQuestion,
): RoutingQuestion {
  return {
    model: glance.model,
    protocol,
    agent: identity.agent,
    caller,
    traceId: identity.traceId,
    facts: factsOf({ glance, identity }, quota.leftOf),
    needs: () => needsOf(glance, factsOf({ glance, identity })),
    lane: laneOf({ glance, identity }),
    continues: () => continuesToolLoop(glance),
  }
}

/** What one exchange may use of the hub. */
export function exchangeDeps(parts: HubParts): ExchangeDeps {
  const { options, log, recorder, running, router, learned, upstream, drain, inForce } = parts
  const young = youngCollection()
  const settingsOf = onceForEach((config: Config) => exchangeSettings(parts, config))
  return {
    clock: options.clock,
    newId: options.newId,
    upstream,
    log,
    record(message: RecordMessage) {
      const whole = priced(message, parts.inForce.channels)
      running.note(whole)
      parts.lastRoutes.note(message)
      parts.telemetry.note(message)
      recorder.record(whole)
    },
    refused: () => running.refuse(),
    know: (secrets) => recorder.know(secrets),
    codecOf,
    settings: () => settingsOf(inForce.loaded().config),
    route: (question) => router.route(routingQuestion(parts, question)),
    served: (traceId, where) => router.served(traceId, where),
    report: (event) => router.report(event),
    learned,
    live: parts.live,
    quota: parts.quota.ear,
    enter: (controller) => drain.enter(controller),
    passed: (bytes) => young.passed(bytes),
  }
}
