// The React part: follows the store, tells keys to it, and hands each frame to the terminal when it is committed. Only for
// a screen reader the library itself writes: its grid of cells costs most of a core at fifteen frames a second, and it keeps
// every text that it ever measured (docs/decisions/0009-terminal-ui.md).

import { render, Text, useInput, useIsScreenReaderEnabled } from 'ink'
import { type ReactElement, useLayoutEffect, useSyncExternalStore } from 'react'
import { frame } from './frame.js'
import { keysOf } from './keys.js'
import { lineText } from './line.js'
import type { Store } from './store.js'
import type { Theme } from './theme.js'

export type AppProps = {
  readonly store: Store
  readonly theme: Theme
  /** Takes the lines of a frame, each as wide as the terminal. */
  readonly paint: (lines: readonly string[]) => void
}

export function App({ store, theme, paint }: AppProps): ReactElement | null {
  const model = useSyncExternalStore(
    (listener) => store.subscribe(listener),
    () => store.model(),
  )
  const isRead = useIsScreenReaderEnabled()
  useInput((input, pressed) => {
    for (const key of keysOf(input, pressed)) store.dispatch({ type: 'key', key })
  })
  const lines = frame(model, theme.glyphs)
  useLayoutEffect(() => {
    if (!isRead) paint(lines.map((line) => theme.paint(line)))
  })
  if (!isRead) return null
  const words = lines.map((line) => lineText(line).trimEnd()).filter((line) => line !== '')
  return <Text>{words.join('\n')}</Text>
}

export type MountedApp = {
  /** Settles when the app ends by itself: rejects when drawing crashed. */
  readonly ended: Promise<unknown>
  unmount(): void
}

type MountOptions = {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** By a screen reader. */
  readonly isRead: boolean
}

export function mountApp(props: AppProps, { stdin, stdout, stderr, isRead }: MountOptions): MountedApp {
  const app = render(<App {...props} />, {
    stdin,
    stdout,
    stderr,
    isScreenReaderEnabled: isRead,
    // Without cursor tricks of the library's own; what it would write is empty.
    debug: !isRead,
    exitOnCtrlC: false,
    patchConsole: false,
  })
  return { ended: app.waitUntilExit(), unmount: () => app.unmount() }
}
