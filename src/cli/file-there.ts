// Whether a file of the home is there. What may not even be looked at is not absent: it is somebody else's.

import { accessSync, constants } from 'node:fs'
import { HubError } from '../base/errors.js'

/** False when there is none. Throws HubError `refused` when it may not be read. */
export function isThere(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return true
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT') return false
    throw new HubError('refused', `${file} may not be read by this user.`, {
      hint: 'Run this as the user whose hub it is, or choose another home with AXONHUB_HOME.',
      cause,
    })
  }
}
