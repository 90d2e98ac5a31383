// The built program in a real terminal: tmux with a server of its own, a shell in it, and a home of its own.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const program = join(import.meta.dirname, '..', '..', 'bin', 'axonhub.js')

export const hasTmux = process.platform !== 'win32' && spawnSync('tmux', ['-V']).status === 0

export type Pane = {
  /** Types keys as tmux names them: `Enter`, `C-c`, `Escape`, or text. */
  keys(...keys: string[]): void
  /** Types a line into the shell. */
  shell(line: string): void
  screen(): string
  /** Waits until the screen shows it; throws with the screen when it does not. */
  until(wanted: string | RegExp, patienceMs?: number): Promise<string>
  resize(columns: number, rows: number): void
  /** What the program left the terminal in. */
  state(): { readonly alternate: boolean; readonly cursor: boolean; readonly title: string }
  /** Of the program that `run` started. */
  programPid(): number
}

export type Place = {
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  axonhub(...args: string[]): string
  /** A hub in a process of its own; resolves when it answers. */
  startHub(...flags: string[]): Promise<{ readonly url: string; readonly key: string; kill(): void }>
  pane(columns: number, rows: number): Pane
  close(): Promise<void>
}

function cleanEnv(home: string, more: Record<string, string>): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    AXONHUB_HOME: join(home, 'hub'),
    LANG: 'C.UTF-8',
    SHELL: '/bin/sh',
    PS1: '$ ',
    ...more,
  }
}

/** `more`: variables for all that runs there. */
export function makePlace(more: Record<string, string> = {}): Place {
  const home = mkdtempSync(join(tmpdir(), 'axt-'))
  const env = cleanEnv(home, more)
  const socket = join(home, 'tmux')
  const hubs: ReturnType<typeof spawn>[] = []
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env, encoding: 'utf8' })
  const axonhub = (...args: string[]) =>
    execFileSync(process.execPath, [program, ...args], { env, encoding: 'utf8' }).trim()
  let panes = 0

  return {
    home,
    env,
    axonhub,
    async startHub(...flags) {
      const child = spawn(process.execPath, [program, 'serve', '--port', '0', ...flags], {
        env,
        stdio: 'ignore',
      })
      hubs.push(child)
      for (let tries = 0; tries < 100; tries++) {
        await sleep(100)
        const asked = spawnSync(process.execPath, [program, 'status', '--json'], { env, encoding: 'utf8' })
        if (asked.status !== 0) continue
        const port = /"port": (\d+)/.exec(asked.stdout)?.[1] ?? ''
        if (!axonhub('key', 'list').includes('test')) axonhub('key', 'create', 'test')
        const key = axonhub('token', 'test')
        return { url: `http://127.0.0.1:${port}`, key, kill: () => void child.kill('SIGKILL') }
      }
      throw new Error('The hub did not start.')
    },
    pane(columns, rows) {
      const name = `p${panes++}`
      const size = ['-x', String(columns), '-y', String(rows)]
      tmux('new-session', '-d', '-s', name, ...size, '/bin/sh')
      const screen = () => tmux('capture-pane', '-p', '-t', name)
      const told = (format: string) => tmux('display-message', '-p', '-t', name, format).trim()
      const keys = (...typed: string[]) => void tmux('send-keys', '-t', name, ...typed)
      return {
        keys,
        shell: (line) => keys(line, 'Enter'),
        screen,
        async until(wanted, patienceMs = 15_000) {
          const end = performance.now() + patienceMs
          for (;;) {
            const shown = screen()
            if (typeof wanted === 'string' ? shown.includes(wanted) : wanted.test(shown)) return shown
            if (performance.now() > end) throw new Error(`Not shown: ${String(wanted)}\n${shown}`)
            await sleep(50)
          }
        },
        resize: (width, height) =>
          void tmux('resize-window', '-t', name, '-x', String(width), '-y', String(height)),
        state: () => ({
          alternate: told('#{alternate_on}') === '1',
          cursor: told('#{cursor_flag}') === '1',
          title: told('#{pane_title}'),
        }),
        programPid() {
          const pid = Number(readFileSync(join(home, 'pid'), 'utf8').trim())
          // 0 would be this very process and all its own.
          if (!(pid > 1)) throw new Error('The program has not written its id.')
          return pid
        },
      }
    },
    async close() {
      spawnSync('tmux', ['-S', socket, 'kill-server'], { env })
      spawnSync(process.execPath, [program, 'stop'], { env })
      for (const hub of hubs) hub.kill('SIGKILL')
      await sleep(200)
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

/** The line that runs the program in the shell; it leaves its id in the home. */
export function run(): string {
  return `sh -c 'echo $$ > $HOME/pid; exec ${process.execPath} ${program}'`
}
