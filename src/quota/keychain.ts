// The logins that Claude Code and Codex keep in the keychain of macOS. Law: read only, by the system's own program, and seldom:
// the keychain may ask the person each time, so an answer is kept for a while and a refusal for longer.

import { execFile } from 'node:child_process'

/** What is kept under a service; undefined: nothing, or it may not be read. */
export type KeychainReader = (service: string) => Promise<string | undefined>

export type KeychainDeps = {
  readonly platform: NodeJS.Platform
  /** Ms since the epoch. */
  readonly now: () => number
  /** Reads without any keeping; rejects when there is nothing or it is refused. */
  readonly ask?: (service: string) => Promise<string>
}

const PROGRAM = '/usr/bin/security'
/** The person may have to type a password. */
const PATIENCE_MS = 30_000
const KEPT_MS = 5 * 60_000
const REFUSED_MS = 60 * 60_000

function askSystem(service: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ['find-generic-password', '-s', service, '-w']
    execFile(PROGRAM, args, { timeout: PATIENCE_MS, encoding: 'utf8' }, (failure, stdout) =>
      failure === null ? resolve(stdout.trim()) : reject(failure),
    )
  })
}

/** Undefined where there is no such keychain. */
export function keychainReader({ platform, now, ask = askSystem }: KeychainDeps): KeychainReader | undefined {
  if (platform !== 'darwin') return undefined
  const kept = new Map<string, { readonly until: number; readonly value: Promise<string | undefined> }>()
  return (service) => {
    const before = kept.get(service)
    if (before !== undefined && before.until > now()) return before.value
    const value = ask(service).then(
      (secret) => (secret === '' ? undefined : secret),
      () => {
        kept.set(service, { until: now() + REFUSED_MS, value: Promise.resolve(undefined) })
        return undefined
      },
    )
    kept.set(service, { until: now() + KEPT_MS, value })
    return value
  }
}
