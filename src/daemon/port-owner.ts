// Who holds a TCP port, for the message that says so. Linux by /proc, elsewhere by the system's own tools; when
// nothing can be learned the answer is undefined and the message does without.

import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'

export type PortOwner = { readonly pid: number; readonly command?: string }

const LISTENING = '0A'
const run = promisify(execFile)

/** The inodes of listening sockets on the port, from lines such as `0: 0100007F:1F9A 00000000:0000 0A … 12345`. */
function listeningInodes(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(`:${wanted}`) === true && columns[3] === LISTENING)
    .map((columns) => columns[9] ?? '')
}

async function holdsOne(pid: string, inodes: readonly string[]): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const file of files) {
    const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')
    if (inodes.some((inode) => target === `socket:[${inode}]`)) return true
  }
  return false
}

/** Node 24 calls its first thread so, and with it the process; other programs keep the name that they were started by. */
const THREAD_OF_NODE = 'MainThread'

async function linuxCommand(pid: string): Promise<string> {
  const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim()
  return name === THREAD_OF_NODE ? basename(await readlink(`/proc/${pid}/exe`).catch(() => name)) : name
}

async function linuxOwner(port: number): Promise<PortOwner | undefined> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  )
  const inodes = tables.flatMap((table) => listeningInodes(table, port))
  if (inodes.length === 0) return undefined
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (!(await holdsOne(pid, inodes))) continue
    const command = await linuxCommand(pid)
    return command === '' ? { pid: Number(pid) } : { pid: Number(pid), command }
  }
  return undefined
}

async function lsofOwner(port: number): Promise<PortOwner | undefined> {
  const { stdout } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: 3000 })
  const pid = /^p(\d+)$/m.exec(stdout)?.[1]
  const command = /^c(.+)$/m.exec(stdout)?.[1]
  if (pid === undefined) return undefined
  return command === undefined ? { pid: Number(pid) } : { pid: Number(pid), command }
}

async function netstatOwner(port: number): Promise<PortOwner | undefined> {
  const { stdout } = await run('netstat', ['-ano', '-p', 'TCP'], { timeout: 3000 })
  const line = stdout.split('\n').find((text) => text.includes(`:${port} `) && text.includes('LISTENING'))
  const pid = Number(line?.trim().split(/\s+/).at(-1))
  return Number.isInteger(pid) && pid > 0 ? { pid } : undefined
}

export async function portOwner(port: number, platform: NodeJS.Platform): Promise<PortOwner | undefined> {
  try {
    if (platform === 'linux') return await linuxOwner(port)
    return platform === 'win32' ? await netstatOwner(port) : await lsofOwner(port)
  } catch {
    // Only a detail of another error's message.
    return undefined
  }
}
