// The React part: keys as terminals send them reach the store by their names, and each new model is painted.
import { setTimeout as sleep } from 'node:timers/promises'
import { render } from 'ink-testing-library'
import { afterEach, describe, expect, it } from 'vitest'
import { App } from '../../src/tui/app.js'
import type { Message } from '../../src/tui/message.js'
import type { Store } from '../../src/tui/store.js'
import { createTheme } from '../../src/tui/theme.js'
import { connected, lively } from './samples.js'

const theme = createTheme({ depth: 'none', background: 'dark', signs: 'unicode' })

function opened() {
  let model = connected(60, 10)
  const listeners = new Set<() => void>()
  const heard: Message[] = []
  const painted: string[][] = []
  const store: Store = {
    dispatch: (message) => heard.push(message),
    model: () => model,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const app = render(<App store={store} theme={theme} paint={(lines) => painted.push([...lines])} />)
  return {
    app,
    painted,
    names: () => heard.flatMap((message) => (message.type === 'key' ? [message.key.name] : [])),
    become: (next: typeof model) => {
      model = next
      for (const listener of listeners) listener()
    },
  }
}

describe('the app', () => {
  const running: ReturnType<typeof render>[] = []
  afterEach(() => {
    for (const app of running.splice(0)) app.unmount()
  })

  it.each([
    ['j', 'j'],
    ['\u001b[A', 'up'],
    ['\u001b[B', 'down'],
    ['\u001b[5~', 'pageup'],
    ['\u001b[H', 'home'],
    ['\r', 'enter'],
    ['\u001b', 'escape'],
    ['\t', 'tab'],
    ['\u001b[Z', 'shift-tab'],
    ['\u007f', 'backspace'],
    ['\u0003', 'ctrl-c'],
    ['\u0004', 'ctrl-d'],
    ['\u000c', 'ctrl-l'],
    ['?', '?'],
    [' ', ' '],
  ])('takes %j for %s', async (sent, name) => {
    const { app, names } = opened()
    running.push(app)
    await sleep(20)
    app.stdin.write(sent)
    for (let tries = 0; tries < 100 && names().length === 0; tries++) await sleep(10)
    expect(names()).toEqual([name])
  })

  it('paints whole frames, and nothing through the library', async () => {
    const { app, painted, become } = opened()
    running.push(app)
    await sleep(20)
    const before = painted.length
    become(lively(60, 10))
    for (let tries = 0; tries < 100 && painted.length === before; tries++) await sleep(10)
    expect(painted.at(-1)).toHaveLength(10)
    expect(painted.at(-1)?.join('\n')).toContain('Fix the login')
    expect(app.lastFrame()).toBe('')
  })
})
