// The configuration in force: loaded once, replaced whole when the file changes, kept when the new one is wrong.

import { asHubError, HubError } from '../base/errors.js'
import type { JsonValue } from '../base/json.js'
import { type Channel, resolveChannels } from '../config/channels.js'
import { type LoadedConfig, loadConfig } from '../config/load.js'
import type { Environment, Paths } from '../config/paths.js'
import { type RoutingTable, routingTable } from './routing-table.js'

export type InForce = {
  readonly loaded: () => LoadedConfig
  readonly channels: () => readonly Channel[]
  readonly table: () => RoutingTable
  /** Why the file on disk is not what is in force. */
  readonly error: () => HubError | undefined
  /**
   * Reads the file again. True when something is different now; a bad file, or none where there was one, changes nothing and
   * sets `error`.
   */
  reload(): boolean
  /** Why this text would not take force, with the flags and the environment that this hub runs with; undefined when it would. */
  refusal(text: string): HubError | undefined
}

export type InForceSettings = {
  readonly paths: Paths
  readonly env: Environment
  readonly flags: Readonly<Record<string, JsonValue>>
  /** Changes what was loaded before it takes force (the demo upstream takes the place of all channels). */
  readonly adapt?: (loaded: LoadedConfig) => {
    readonly loaded: LoadedConfig
    readonly channels: readonly Channel[]
  }
}

/** Defaults in place of a file that was removed or moved away would revoke every key at once. */
function fileGone(path: string): HubError {
  return new HubError('config-invalid', `The config ${path} is gone; what it said last stays in force.`, {
    hint: 'Put it back, or run "axonhub restart" to go on with the defaults.',
  })
}

/** Throws HubError `config-invalid` when the first reading fails: a hub never starts on half a configuration. */
export function loadInForce(settings: InForceSettings): InForce {
  const { paths, env, flags } = settings
  const read = (text?: string) => {
    const loaded = loadConfig({ paths, env, flags, ...(text === undefined ? {} : { text }) })
    const adapted = settings.adapt?.(loaded) ?? {
      loaded,
      channels: resolveChannels(loaded.config, loaded.presets),
    }
    return { ...adapted, table: routingTable(adapted.loaded.config, adapted.channels) }
  }
  let current = read()
  let hadFile = current.loaded.exists
  let error: HubError | undefined
  return {
    loaded: () => current.loaded,
    channels: () => current.channels,
    table: () => current.table,
    error: () => error,
    reload() {
      try {
        const next = read()
        if (hadFile && !next.loaded.exists) throw fileGone(paths.config)
        hadFile = next.loaded.exists
        const same = JSON.stringify(next.loaded.config) === JSON.stringify(current.loaded.config)
        current = same ? current : next
        error = undefined
        return !same
      } catch (thrown) {
        error = asHubError(thrown)
        return false
      }
    },
    refusal(text) {
      try {
        read(text)
        return undefined
      } catch (thrown) {
        return asHubError(thrown)
      }
    },
  }
}
