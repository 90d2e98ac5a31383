// Channels and keys, without asking a provider anything: a check must cost nobody a token.

import { asHubError } from '../../base/errors.js'
import { type Channel, resolveChannels } from '../../config/channels.js'
import type { LoadedConfig } from '../../config/load.js'
import { describeReference, resolveSecret } from '../../secrets/reference.js'
import type { SecretStore } from '../../secrets/store.js'
import { openSecrets } from '../secrets.js'
import { type Finding, note, pass, problem, warning } from './finding.js'
import type { Subject } from './subject.js'

/** Where keys are kept. */
function keptIn({ kind, description }: SecretStore): Finding {
  if (kind === 'keychain') return pass('keys.store', "keys are in the system's keychain")
  return note('keys.store', `keys are kept in ${description}`, {
    why: 'It is readable by you alone, but not encrypted: no keychain can be used here.',
  })
}

async function secretOf(subject: Subject, channel: Channel, store: SecretStore): Promise<Finding[]> {
  if (channel.credential.type !== 'secret') return []
  const { deps } = subject.cli
  const sources = { store, env: deps.env, userHome: deps.userHome }
  const failures: Finding[] = []
  for (const reference of channel.credential.references) {
    try {
      await resolveSecret(reference, sources)
    } catch (thrown) {
      const error = asHubError(thrown)
      failures.push(
        problem('channels.key', `${channel.name}: ${describeReference(reference)}: ${error.message}`, {
          why: 'Requests that this channel should answer go to the next one, or fail.',
          fix: error.detail.hint ?? `axonhub channel test ${channel.name}`,
        }),
      )
    }
  }
  return failures
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

function clearText(channel: Channel): Finding[] {
  return channel.endpoints
    .map(({ baseUrl }) => new URL(baseUrl))
    .filter(({ protocol, hostname }) => protocol === 'http:' && !isLoopback(hostname))
    .map(({ origin }) =>
      warning('channels.https', `${channel.name} asks ${origin} without encryption`, {
        why: 'Its key and your conversations can be read on the way.',
        fix: 'Use https:// in its endpoints: axonhub config edit',
      }),
    )
}

function resting(subject: Subject): Finding[] {
  const hub = subject.hub.type === 'read' ? subject.hub.value : undefined
  return (hub?.channels ?? []).flatMap(({ name, resting: rest }) =>
    rest === null ? [] : [note('channels.resting', `${name} rests until ${rest.until}: ${rest.reason}`)],
  )
}

function enabledChannels({ config, presets }: LoadedConfig): Channel[] {
  return resolveChannels(config, presets).filter(({ enabled }) => enabled)
}

export async function checkChannels(subject: Subject): Promise<Finding[]> {
  const store = await openSecrets(subject.cli)
  const { config } = subject
  if (config.type === 'failed') return [keptIn(store)]
  const channels = enabledChannels(config.value)
  const findings = (
    await Promise.all(
      channels.map(async (channel) => [...(await secretOf(subject, channel, store)), ...clearText(channel)]),
    )
  ).flat()
  const good = channels.length - new Set(findings.map(({ what }) => what.split(/[: ]/)[0])).size
  return [
    keptIn(store),
    ...(good > 0
      ? [pass('channels.ready', `${good} of ${channels.length} channel(s) have what they need`)]
      : []),
    ...findings,
    ...resting(subject),
  ]
}
