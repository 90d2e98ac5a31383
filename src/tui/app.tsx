// The React part: follows the store, draws the model as lines, and tells keys to the store.

import { Text, Transform, useInput } from 'ink'
import { type ReactElement, useSyncExternalStore } from 'react'
import { frame } from './frame.js'
import { keyOf } from './keys.js'
import { lineText } from './line.js'
import type { Store } from './store.js'
import type { Theme } from './theme.js'

/**
 * Lines that are painted already and as wide as the terminal. What is measured and laid out is a block of blanks of the
 * same size: the library keeps every text that it ever measured, and figures that move for a day would fill the memory.
 */
function Painted({ lines, columns, label }: PaintedProps): ReactElement {
  const blanks = Array.from({ length: lines.length }, () => '.'.repeat(columns)).join('\n')
  return (
    <Transform transform={(_, index) => lines[index] ?? ''} accessibilityLabel={label}>
      <Text wrap="truncate">{blanks}</Text>
    </Transform>
  )
}

type PaintedProps = { readonly lines: readonly string[]; readonly columns: number; readonly label: string }

export type AppProps = { readonly store: Store; readonly theme: Theme }

export function App({ store, theme }: AppProps): ReactElement {
  const model = useSyncExternalStore(
    (listener) => store.subscribe(listener),
    () => store.model(),
  )
  useInput((input, key) => store.dispatch({ type: 'key', key: keyOf(input, key) }))
  const lines = frame(model, theme.glyphs)
  return (
    <Painted
      lines={lines.map((line) => theme.paint(line))}
      columns={model.columns}
      label={lines.map((line) => lineText(line).trimEnd()).join('\n')}
    />
  )
}
