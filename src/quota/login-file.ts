// The login files of Codex and Claude Code. Law: read only; nothing is refreshed and nothing is ever written, because a
// refresh token that is used by another program logs its owner out.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HubError } from '../base/errors.js'
import { isObject, type JsonObject, object, parseJson, text } from '../base/json.js'
import type { KeychainReader } from './keychain.js'
import type { QuotaCredential } from './sources/source.js'

export type LoginPlace = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly userHome: string
  /** The keychain of macOS, where there is one. */
  readonly keychain?: KeychainReader | undefined
}

const FILES = {
  codex: {
    variable: 'CODEX_HOME',
    folder: '.codex',
    file: 'auth.json',
    program: 'codex',
    service: 'Codex Auth',
  },
  'claude-code': {
    variable: 'CLAUDE_CONFIG_DIR',
    folder: '.claude',
    file: '.credentials.json',
    program: 'claude',
    service: 'Claude Code-credentials',
  },
} as const

export function loginFile(agent: keyof typeof FILES, { env, userHome }: LoginPlace): string {
  const { variable, folder, file } = FILES[agent]
  return join(env[variable] || join(userHome, folder), file)
}

function unavailable(agent: keyof typeof FILES, why: string, cause?: unknown): HubError {
  const { program } = FILES[agent]
  return new HubError('secret-unavailable', why, { hint: `Log in with "${program}" and ask again.`, cause })
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
  EISDIR: 'is a folder',
  ELOOP: 'is a link to itself',
  ENOTDIR: 'is not there',
}

function readText(agent: keyof typeof FILES, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    throw unavailable(agent, `The login file ${path} ${WHY[code] ?? 'cannot be read'}.`, cause)
  }
}

/** `where`: `The login file PATH`. */
function parsedLogin(agent: keyof typeof FILES, source: string, where: string): JsonObject {
  if (source.trim() === '') throw unavailable(agent, `${where} is empty.`)
  const parsed = parseJson(source)
  if (!isObject(parsed)) throw unavailable(agent, `${where} is cut off or no JSON.`)
  return parsed
}

/** The claim of an id token, which is not checked: it only names the account. */
function claimsOf(token: string | undefined): JsonObject | undefined {
  const payload = parseJson(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8'))
  return isObject(payload) ? object(payload, 'https://api.openai.com/auth') : undefined
}

function codexLogin(login: JsonObject, where: string): QuotaCredential {
  const tokens = object(login, 'tokens')
  const token = tokens === undefined ? undefined : text(tokens, 'access_token')
  if (tokens === undefined || token === undefined || token === '')
    throw unavailable('codex', `${where} holds no ChatGPT login.`)
  const claims = claimsOf(text(tokens, 'id_token'))
  return {
    token,
    accountId: text(tokens, 'account_id') ?? (claims && text(claims, 'chatgpt_account_id')),
    plan: claims && text(claims, 'chatgpt_plan_type'),
  }
}

function tierName(tier: string | undefined): string | undefined {
  const times = /max_(\d+x)/.exec(tier ?? '')?.[1]
  return times === undefined ? undefined : `max ${times}`
}

function claudeLogin(login: JsonObject, where: string, now: number): QuotaCredential {
  const oauth = object(login, 'claudeAiOauth') ?? object(login, 'claude.ai_oauth')
  const token = oauth === undefined ? undefined : text(oauth, 'accessToken')
  if (oauth === undefined || token === undefined || token === '')
    throw unavailable('claude-code', `${where} holds no Claude login.`)
  const expiresAt = oauth['expiresAt']
  if (typeof expiresAt === 'number' && expiresAt <= now)
    throw unavailable('claude-code', `${where} has expired; Claude Code renews it when it runs.`)
  return { token, plan: tierName(text(oauth, 'rateLimitTier')) ?? text(oauth, 'subscriptionType') }
}

function loginIn(agent: keyof typeof FILES, source: string, where: string, now: number): QuotaCredential {
  const login = parsedLogin(agent, source, where)
  return agent === 'codex' ? codexLogin(login, where) : claudeLogin(login, where, now)
}

/** The login as it stands in the file now. Throws HubError `secret-unavailable` with one line that says what is wrong. */
export function readLoginFile(agent: keyof typeof FILES, place: LoginPlace, now: number): QuotaCredential {
  const path = loginFile(agent, place)
  return loginIn(agent, readText(agent, path), `The login file ${path}`, now)
}

/**
 * The same, or where there is no file what the keychain holds. An agent with a folder of its own choice has an entry of its
 * own there as well, which cannot be told from others: so only the usual folder is looked up. Rejects as readLoginFile throws.
 */
export async function readLogin(
  agent: keyof typeof FILES,
  place: LoginPlace,
  now: number,
): Promise<QuotaCredential> {
  const { service, variable } = FILES[agent]
  const path = loginFile(agent, place)
  if (place.keychain === undefined || (place.env[variable] ?? '') !== '' || existsSync(path))
    return readLoginFile(agent, place, now)
  const kept = await place.keychain(service)
  if (kept !== undefined) return loginIn(agent, kept, `The login "${service}" in the keychain`, now)
  throw unavailable(
    agent,
    `There is no login file ${path}, and the keychain gives no "${service}" (it is asked again in an hour).`,
  )
}
