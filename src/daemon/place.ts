// Where a hub listens: for the agents of its own machine always on loopback, for others where the configuration lets them in.

import { type TlsFiles, tlsFiles } from '../config/certificate.js'
import { isLoopbackHost, localHost } from '../config/kinds.js'
import type { Paths } from '../config/paths.js'
import type { Config } from '../config/schema.js'

export type Place = {
  /** The loopback address at which agents of this machine find it. */
  readonly host: string
  /** 0 until it listens, where any port will do. */
  port: number
  /** What config.yml calls `server.host`. */
  readonly asked: string
  /** The certificate, where there is one: then TLS is spoken too. */
  readonly tls: TlsFiles | undefined
}

/** The place that the settings ask for. */
export function placeOf(
  { host, port, tls }: Config['server'],
  { paths, userHome }: { readonly paths: Pick<Paths, 'home'>; readonly userHome: string },
): Place {
  return {
    host: localHost(host),
    port,
    asked: host,
    tls: tls === undefined ? undefined : tlsFiles(tls, paths.home, userHome),
  }
}

/** The URL for other machines; undefined when none may come. */
export function remoteUrl({ asked, port }: Pick<Place, 'asked' | 'port'>): string | undefined {
  return isLoopbackHost(asked) ? undefined : `https://${asked.includes(':') ? `[${asked}]` : asked}:${port}`
}
