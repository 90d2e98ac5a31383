// Other machines: where they come in, and whether the certificate holds and its key is private.

import { chmod, stat } from 'node:fs/promises'
import { asHubError } from '../../base/errors.js'
import { type Certificate, readCertificate, type TlsFiles, tlsFiles } from '../../config/certificate.js'
import { isLoopbackHost } from '../../config/kinds.js'
import { many, shortPath } from '../words.js'
import { type Finding, note, pass, problem, warning } from './finding.js'
import type { Subject } from './subject.js'

const DAY_MS = 86_400_000
/** Long enough to get another one. */
const SOON_DAYS = 14

function authority({ isAuthority }: Certificate): Finding[] {
  if (!isAuthority) return []
  return [
    warning('remote.authority', 'the certificate is one of an authority (CA:TRUE)', {
      why: 'Codex takes it for no server’s, and waits for the network without end.',
      fix: 'Make it with basicConstraints=CA:FALSE: docs/remote.md shows how.',
    }),
  ]
}

function endOf({ endsAt }: Certificate, files: TlsFiles, now: number): Finding {
  const days = Math.floor((endsAt - now) / DAY_MS)
  const fix = `Get a new one and put it in the place of ${files.cert}: a running hub takes it within a minute.`
  if (days < 0) {
    return problem('remote.certificate', 'the certificate has ended', {
      why: 'Clients on other machines refuse to speak with the hub.',
      fix,
    })
  }
  if (days > SOON_DAYS) return pass('remote.certificate', `holds for ${many(days, 'day')} more`)
  return warning('remote.certificate', `the certificate ends in ${many(days, 'day')}`, {
    why: 'Then clients on other machines refuse to speak with the hub.',
    fix,
  })
}

async function keyMode({ cli }: Subject, { key }: TlsFiles): Promise<Finding[]> {
  if (cli.deps.platform === 'win32' || ((await stat(key)).mode & 0o077) === 0) return []
  return [
    problem(
      'remote.key',
      `others may read ${shortPath(key, cli.deps.userHome)}, the key of the certificate`,
      {
        why: 'Whoever has it can pass for this hub, and is given its clients’ keys.',
        fix: `chmod 0600 ${key}`,
        mend: async () => {
          await chmod(key, 0o600)
          return `chmod 0600 ${key}`
        },
      },
    ),
  ]
}

/** Nothing where no other machine is let in. */
export async function checkRemote(subject: Subject): Promise<Finding[]> {
  const { config, cli, paths } = subject
  if (config.type === 'failed') return []
  const { host, port, tls } = config.value.config.server
  if (tls === undefined) return []
  const files = tlsFiles(tls, paths.home, cli.deps.userHome)
  const open = isLoopbackHost(host)
    ? []
    : [note('remote.open', `other machines may ask, at ${host} port ${port}, over TLS and with a key`)]
  try {
    const certificate = readCertificate(files)
    const end = endOf(certificate, files, cli.deps.clock.now())
    return [...open, end, ...authority(certificate), ...(await keyMode(subject, files))]
  } catch (thrown) {
    const { message, detail } = asHubError(thrown)
    return [
      ...open,
      problem('remote.certificate', message, {
        why: 'The hub does not start without it.',
        fix: detail.hint ?? 'axonhub config edit',
      }),
    ]
  }
}
