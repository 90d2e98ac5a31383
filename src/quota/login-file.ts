// The login files of Codex and Claude Code. Law: read only; nothing is refreshed and nothing is ever written, because a
// refresh token that is used by another program logs its owner out.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HubError } from '../base/errors.js'
import { isObject, type JsonObject, object, parseJson, text } from '../base/json.js'
import type { QuotaCredential } from './sources/source.js'

export type LoginPlace = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly userHome: string
}

const FILES = {
  codex: { variable: 'CODEX_HOME', folder: '.codex', file: 'auth.json', program: 'codex' },
  'claude-code': {
    variable: 'CLAUDE_CONFIG_DIR',
    folder: '.claude',
    file: '.credentials.json',
    program: 'claude',
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

function readLogin(agent: keyof typeof FILES, path: string): JsonObject {
  let source: string
  try {
    source = readFileSync(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    throw unavailable(agent, `The login file ${path} ${WHY[code] ?? 'cannot be read'}.`, cause)
  }
  if (source.trim() === '') throw unavailable(agent, `The login file ${path} is empty.`)
  const parsed = parseJson(source)
  if (!isObject(parsed)) throw unavailable(agent, `The login file ${path} is cut off or no JSON.`)
  return parsed
}

/** The claim of an id token, which is not checked: it only names the account. */
function claimsOf(token: string | undefined): JsonObject | undefined {
  const payload = parseJson(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8'))
  return isObject(payload) ? object(payload, 'https://api.openai.com/auth') : undefined
}

function codexLogin(login: JsonObject, path: string): QuotaCredential {
  const tokens = object(login, 'tokens')
  const token = tokens === undefined ? undefined : text(tokens, 'access_token')
  if (tokens === undefined || token === undefined || token === '')
    throw unavailable('codex', `The login file ${path} holds no ChatGPT login.`)
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

function claudeLogin(login: JsonObject, path: string, now: number): QuotaCredential {
  const oauth = object(login, 'claudeAiOauth') ?? object(login, 'claude.ai_oauth')
  const token = oauth === undefined ? undefined : text(oauth, 'accessToken')
  if (oauth === undefined || token === undefined || token === '')
    throw unavailable('claude-code', `The login file ${path} holds no Claude login.`)
  const expiresAt = oauth['expiresAt']
  if (typeof expiresAt === 'number' && expiresAt <= now)
    throw unavailable('claude-code', `The login in ${path} has expired; Claude Code renews it when it runs.`)
  return { token, plan: tierName(text(oauth, 'rateLimitTier')) ?? text(oauth, 'subscriptionType') }
}

/** The login as it stands in the file now. Throws HubError `secret-unavailable` with one line that says what is wrong. */
export function readLoginFile(agent: keyof typeof FILES, place: LoginPlace, now: number): QuotaCredential {
  const path = loginFile(agent, place)
  const login = readLogin(agent, path)
  return agent === 'codex' ? codexLogin(login, path) : claudeLogin(login, path, now)
}
