// Sets a damaged database aside: under another name in the same folder, with the log that belongs to it. Law: nothing of it is
// thrown away, and a hub that runs loses none of what it records from now on.

import { rename } from 'node:fs/promises'

/** Whether the file was there. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return false
    throw thrown
  }
}

/** `now`: ms since the epoch. Resolves to the new name. */
export async function setAside(database: string, now: number): Promise<string> {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  const aside = `${database}.damaged-${stamp}`
  // The log first: a hub that finds its database gone takes away the log that it left.
  for (const tail of ['-wal', '', '-shm']) await moved(database + tail, aside + tail)
  return aside
}
