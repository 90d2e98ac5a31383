// A self-made certificate, as a person would make one, made once per run of a test file.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/**
 * Writes `cert.pem` and `key.pem` into the folder; the names are subject alternative names, as `DNS:hub.lan` or `IP:10.0.0.1`.
 * `authority`: what openssl makes by itself.
 */
export function writeCertificate(folder: string, names: readonly string[], authority = false): void {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem'), '-days', '30']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const extensions = [
    `basicConstraints=critical,CA:${authority ? 'TRUE' : 'FALSE'}`,
    `subjectAltName=${names.join(',')}`,
  ].flatMap((extension) => ['-addext', extension])
  execFileSync('openssl', ['req', '-x509', ...key, ...files, '-subj', '/CN=hub', ...extensions], {
    stdio: 'ignore',
  })
}
