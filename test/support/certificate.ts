// A self-made certificate, as a person would make one, made once per run of a test file.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Writes `cert.pem` and `key.pem` into the folder; the names are subject alternative names, as `DNS:hub.lan` or `IP:10.0.0.1`. */
export function writeCertificate(folder: string, names: readonly string[], days = 30): void {
  const parts = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem'), '-days', String(days)]
  const subject = ['-subj', '/CN=hub', '-addext', `subjectAltName=${names.join(',')}`]
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      ...parts,
      ...subject,
    ],
    { stdio: 'ignore' },
  )
}
