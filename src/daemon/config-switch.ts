// Switches that the control socket makes in config.yml: the same edits as those of the command line, taken up at once.

import { HubError } from '../base/errors.js'
import { type ConfigEdit, editConfig, wouldRefuse } from '../config/edit.js'
import { channelSwitch, profileSwitch, stillNamed } from '../config/switch.js'
import type { ChangeReply } from '../control/channels.js'
import { switchRequest } from '../control/profiles.js'
import type { HubParts } from './hub-parts.js'

/** Throws HubError as `editConfig` does, and `config-invalid` when the hub cannot take up what stands there now. */
async function edited(parts: HubParts, edit: ConfigEdit): Promise<boolean> {
  const accept = async (text: string) => {
    const refusal = parts.inForce.refusal(text)
    if (refusal !== undefined) throw wouldRefuse(refusal.message)
  }
  const { changed } = await editConfig({ path: parts.options.paths.config, accept }, [edit])
  const taken = await parts.reload()
  if (taken) parts.log.info('config.reloaded')
  const error = parts.inForce.error()
  if (error === undefined) return changed
  throw new HubError('config-invalid', `The hub keeps its old configuration: ${error.message}`, {
    hint: 'Correct the file with "axonhub config edit".',
  })
}

/** `name` undefined: the active profile, or that of the key, is left. Takes effect with the next request. */
export async function switchProfile(
  parts: HubParts,
  name: string | undefined,
  body: unknown,
): Promise<ChangeReply> {
  const parsed = switchRequest.safeParse(body ?? {})
  if (!parsed.success) throw new HubError('usage', 'use wants { key?, now? }.')
  const { key, now } = parsed.data
  const changed = await edited(parts, profileSwitch(name, key))
  if (now) parts.router.release(key)
  const note = key === undefined ? stillNamed(name, parts.inForce.loaded().config.active_profile) : undefined
  return { changed, note: note === undefined ? null : `${note}.` }
}

/** Whoever enables a channel wants it asked now, so it rests no longer. */
export async function switchChannel(parts: HubParts, name: string, enabled: boolean): Promise<ChangeReply> {
  const { inForce, router } = parts
  const isWritten = inForce.loaded().config.channels.some((channel) => channel.name === name)
  if (!isWritten && inForce.channels().some((channel) => channel.name === name)) {
    throw new HubError('refused', `The channel "${name}" is embedded in this hub; it cannot be switched.`, {
      hint: 'Start the hub without --demo to use the channels of config.yml.',
    })
  }
  const changed = await edited(parts, channelSwitch(name, enabled))
  if (enabled) router.report({ type: 'cleared', channel: name })
  return { changed, note: null }
}
