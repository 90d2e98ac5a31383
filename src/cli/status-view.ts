// The state of a running hub, for a person.

import { waitText } from '../base/wait-text.js'
import type { StatusReply } from '../control/api.js'
import type { Cli } from './cli.js'
import { urlOf } from './daemon-life.js'
import { cut, pairs, plain } from './table.js'
import { ago, shortPath } from './words.js'

const CHANNELS_SHOWN = 6

function channelWords({ demo, channels }: StatusReply): string {
  if (demo) return 'the demo upstream alone (serve --demo)'
  if (channels.length === 0) return 'none yet: add one with "axonhub channel add"'
  const names = channels.map((channel) => (channel.enabled ? channel.name : `${channel.name} (off)`))
  const more = names.length - CHANNELS_SHOWN
  return more > 0 ? `${names.slice(0, CHANNELS_SHOWN).join(', ')} and ${more} more` : names.join(', ')
}

/** One row for each channel that is asked last for now, and why. */
function restRows({ channels }: StatusReply, now: number): [string, string][] {
  return channels.flatMap(({ name, resting }): [string, string][] =>
    resting === null
      ? []
      : [['Resting', `${name} for ${waitText(Date.parse(resting.until) - now)}: ${resting.reason}`]],
  )
}

function remoteRow({ remote }: StatusReply): [string, string][] {
  return remote === null ? [] : [['Others', `come in at ${remote} (server.allow_remote)`]]
}

function recordingWords({ recorder }: StatusReply): string {
  if (recorder.bodies === 'off') return 'nothing (server.capture.bodies is off)'
  const dropped = recorder.droppedBodies === 0 ? '' : `; ${recorder.droppedBodies} bodies were left out`
  if (recorder.state !== 'ok') return `failing, see below${dropped}`
  return recorder.bodies === 'metadata'
    ? 'every request without its bodies (server.capture.bodies is metadata)'
    : `every request${dropped}`
}

export function showStatus(cli: Cli, status: StatusReply): void {
  const { out, deps } = cli
  const { style } = out
  const { requests } = status
  const since = ago(Date.parse(status.startedAt), deps.clock.now())
  out.line(
    `${style.good('●')} ${style.bold('axonhub')} ${status.version} runs on ${style.accent(urlOf(status))}`,
  )
  if (status.version !== deps.version)
    out.line(
      `${style.warn('!')} This program is ${deps.version}: "axonhub restart" goes on with it, after running answers ended.`,
    )
  const rows: [string, string][] = [
    ['Process', `pid ${status.pid}, started ${since}`],
    ...remoteRow(status),
    ['Home', shortPath(status.home, deps.userHome)],
    ['Profile', status.profile ?? 'none: names are passed on as they are'],
    ['Channels', channelWords(status)],
    ...restRows(status, deps.clock.now()),
    ['Keys', status.keys.length === 0 ? 'none yet: "axonhub init" makes them' : status.keys.join(', ')],
    [
      'Requests',
      `${requests.running} running, ${requests.completed} completed, ${requests.failed} failed, ${requests.canceled} canceled${requests.refused === 0 ? '' : `, ${requests.refused} without a key`}`,
    ],
    ['Recording', recordingWords(status)],
    ['Secrets', status.secrets === 'keychain' ? "the system's keychain" : 'secrets.json (0600)'],
  ]
  for (const line of pairs(rows)) out.line(cut(plain(line), Math.max(out.width, 60)))
  if (status.recorder.state !== 'ok') {
    out.line()
    out.line(style.bad('Requests are answered, but not recorded:'))
    out.line(plain(status.recorder.error ?? 'The store does not say why.'))
  }
  if (status.configError !== null) {
    out.line()
    out.line(style.bad('The configuration on disk is not in use:'))
    out.line(status.configError)
  }
  for (const warning of status.warnings) out.line(`${style.warn('warning')} ${warning}`)
}
