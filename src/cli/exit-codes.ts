// What the exit number of a command says (docs/json-output.md lists them for scripts).

import type { ErrorCode } from '../base/errors.js'

export const EXIT = { fine: 0, failed: 1, usage: 2, notRunning: 3, refused: 4, belowLimit: 64 } as const

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  usage: EXIT.usage,
  'daemon-not-running': EXIT.notRunning,
  refused: EXIT.refused,
}

export function exitCodeOf(code: ErrorCode): number {
  return BY_CODE[code] ?? EXIT.failed
}
