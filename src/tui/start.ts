// Opens the UI on a terminal and gives it back as it was, however the UI ends: a key, a signal, a crash.

import type { MountedApp, mountApp } from './app.js'
import type { TuiDeps } from './deps.js'
import { createEffects } from './effects.js'
import { frame } from './frame.js'
import { firstModel, type Model } from './model.js'
import { createStore, FRAME_MS, type Store, type Timers } from './store.js'
import { openTerminal, type Terminal } from './terminal.js'
import { type Theme, themeFor } from './theme.js'
import { opened, update } from './update.js'

export type TuiHost = {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Returns the end of listening. */
  onSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', handler: () => void): () => void
  /** Loads app.js; called once, after the first frame. */
  loadApp(): Promise<{ readonly mountApp: typeof mountApp }>
  /** An exception that nobody caught; returns the end of listening. */
  onCrash(handler: (thrown: unknown) => void): () => void
}

const MOVING_TICK_MS = 125
const RESTING_TICK_MS = 1_000

/** A screen reader is told what changed, not every step of it. */
const SPOKEN_FRAME_MS = 3_000

const timers: Timers = {
  after(ms, action) {
    const timer = setTimeout(action, ms)
    return () => clearTimeout(timer)
  },
  monotonic: () => performance.now(),
}

function isMoving({ screens, hub }: Model): boolean {
  if (hub.connection.type !== 'open') return false
  for (const { outcome } of screens.live.requests.values()) if (outcome === 'running') return true
  return false
}

/** The clock of the screen: fast while something runs, slow while nothing does. */
function startClock(store: Store, now: () => number): () => void {
  let stop: () => void = () => undefined
  const next = () => {
    stop = timers.after(isMoving(store.model()) ? MOVING_TICK_MS : RESTING_TICK_MS, () => {
      store.dispatch({ type: 'tick', now: now() })
      next()
    })
  }
  next()
  return () => stop()
}

type Ending = { readonly ended: Promise<unknown>; readonly end: (why?: unknown) => void }

function ending(): Ending {
  let end: (why?: unknown) => void = () => undefined
  const ended = new Promise<unknown>((resolve) => {
    end = resolve
  })
  return { ended, end }
}

function sizeOf(stdout: NodeJS.WriteStream): { columns: number; rows: number } {
  return { columns: Math.max(1, stdout.columns || 80), rows: Math.max(1, stdout.rows || 24) }
}

function followSize(stdout: NodeJS.WriteStream, terminal: Terminal, store: Store): () => void {
  const resized = () => {
    terminal.forget()
    store.dispatch({ type: 'resize', ...sizeOf(stdout) })
  }
  stdout.on('resize', resized)
  return () => stdout.off('resize', resized)
}

/** Draws until the app does: it is loaded after the first frame that has something to show, or after this long, ms. */
const APP_WAIT_MS = 250

/** The first frames need no React: its library takes longer to load than all that they show. */
function drawFirst(store: Store, theme: Theme, paint: (lines: readonly string[]) => void) {
  const draw = () => paint(frame(store.model(), theme.glyphs).map((line) => theme.paint(line)))
  draw()
  return new Promise<void>((resolve) => {
    const settle = () => {
      cancel()
      stop()
      resolve()
    }
    const cancel = timers.after(APP_WAIT_MS, settle)
    const stop = store.subscribe(() => {
      draw()
      const { status, connection } = store.model().hub
      if (status !== null || connection.type === 'absent') settle()
    })
  })
}

type Running = {
  readonly store: Store
  readonly theme: Theme
  readonly terminal: Terminal
  readonly isRead: boolean
}

async function openApp(host: TuiHost, { store, theme, terminal, isRead }: Running): Promise<MountedApp> {
  const paint = (lines: readonly string[]) => terminal.paint(lines)
  // What is typed before the library listens waits in the terminal, and is not shown there.
  if (host.stdin.isTTY) host.stdin.setRawMode(true)
  if (!isRead) {
    terminal.enter()
    await drawFirst(store, theme, paint)
  }
  const { mountApp } = await host.loadApp()
  const { stdin, stdout, stderr } = host
  return mountApp({ store, theme, paint }, { stdin, stdout, stderr, isRead })
}

/** Runs until the user leaves. Throws what crashed it, when the terminal is as it was. */
export async function startTui(host: TuiHost, deps: TuiDeps): Promise<void> {
  const { stdout, stdin } = host
  const terminal = openTerminal(stdout)
  const { ended, end } = ending()
  const isRead = deps.env['INK_SCREEN_READER'] === 'true'
  const theme = themeFor(deps.env, deps.platform)
  const { clock } = deps
  const effects = createEffects({
    deps,
    timers,
    dispatch: (message) => store.dispatch(message),
    copy: (text) => terminal.copy(text),
    repaint: () => terminal.forget(),
    quit: () => end(),
  })
  const store = createStore({
    first: opened(firstModel({ ...sizeOf(stdout), now: clock.now() })),
    update,
    run: (effect) => effects.run(effect),
    timers,
    frameMs: isRead ? SPOKEN_FRAME_MS : FRAME_MS,
  })
  const stops = [
    ...(['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => host.onSignal(signal, () => end())),
    host.onCrash((thrown) => end({ thrown })),
    followSize(stdout, terminal, store),
    startClock(store, () => clock.now()),
  ]
  let app: MountedApp | undefined
  const crashed = (thrown: unknown) => end({ thrown })
  openApp(host, { store, theme, terminal, isRead }).then((mounted) => {
    app = mounted
    mounted.ended.then(() => end(), crashed)
  }, crashed)
  try {
    const why = await ended
    if (typeof why === 'object' && why !== null && 'thrown' in why) throw why.thrown
  } finally {
    for (const stop of stops) stop()
    effects.stop()
    terminal.leave()
    app?.unmount()
    if (stdin.isTTY) stdin.setRawMode(false)
  }
}
