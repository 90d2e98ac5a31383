// The end of a command and of all that it started.

import type { ChildProcess } from 'node:child_process'

/** For a child that was started `detached`, so that it leads a group of its own; Windows has no groups. One that has ended is left alone. */
export function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch (cause) {
    // The group may have ended between the decision and the signal.
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')) throw cause
  }
}
