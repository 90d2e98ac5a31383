// The certificate of `server.tls`, which other machines see. Errors name the file and never what is in the key.

import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { HubError } from '../base/errors.js'

/** Absolute paths of PEM files. */
export type TlsFiles = { readonly cert: string; readonly key: string }

export type Certificate = {
  readonly pem: { readonly cert: Buffer; readonly key: Buffer }
  /** When it ends, in ms since the epoch. */
  readonly endsAt: number
  /** It may sign others: some clients take such a certificate for no server's. */
  readonly isAuthority: boolean
  /** Whether a host name or an address (without port and brackets) is one of its own. */
  names(host: string): boolean
}

/** As written in config.yml: relative ones start at the hub's home, `~/` at the user's. */
export function tlsFiles(written: TlsFiles, home: string, userHome: string): TlsFiles {
  const whole = (path: string) =>
    path.startsWith('~/') ? resolve(userHome, path.slice(2)) : resolve(home, path)
  return { cert: whole(written.cert), key: whole(written.key) }
}

function unusable(what: string, hint: string, cause: unknown): HubError {
  return new HubError('config-invalid', what, { hint, cause })
}

function readPem(path: string, what: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw unusable(
      `The ${what} of server.tls cannot be read: ${path}`,
      'Check the path in config.yml, and that you may read the file.',
      cause,
    )
  }
}

/** Throws HubError `config-invalid` when a file cannot be read, is no PEM, or the two do not belong together. */
export function readCertificate(files: TlsFiles): Certificate {
  const cert = readPem(files.cert, 'certificate')
  const key = readPem(files.key, 'key')
  try {
    const parsed = new X509Certificate(cert)
    createSecureContext({ cert, key })
    return {
      pem: { cert, key },
      endsAt: Date.parse(parsed.validTo),
      isAuthority: parsed.ca,
      names: (host) =>
        (isIP(host) > 0 ? parsed.checkIP(host) : parsed.checkHost(host, { wildcards: true })) !== undefined,
    }
  } catch (cause) {
    throw unusable(
      `The files of server.tls cannot be used: ${cause instanceof Error ? cause.message : 'unknown'}.`,
      `Both must be PEM, the key without a passphrase, and belong together: ${files.cert}, ${files.key}`,
      cause,
    )
  }
}
