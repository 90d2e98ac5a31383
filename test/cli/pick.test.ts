import { describe, expect, it } from 'vitest'
import {
  fitting,
  keysIn,
  nextPick,
  type PickState,
  type PickStep,
  pickLines,
  startPick,
} from '../../src/cli/pick-state.js'

const ITEMS = [
  { name: 'azure-openai', title: 'Azure OpenAI' },
  { name: 'deepseek', title: 'DeepSeek' },
  { name: 'openai', title: 'OpenAI' },
  { name: 'openrouter', title: 'OpenRouter' },
  { name: 'own', title: 'another server, by its URL' },
]

/** What comes of typing all this. */
function typed(chunks: string, many = false): PickStep {
  let state: PickState = startPick(ITEMS, many)
  for (const key of keysIn(chunks)) {
    const step = nextPick(state, key)
    if (step.type !== 'going') return step
    state = step.state
  }
  return { type: 'going', state }
}

const UP = '\u001b[A'
const DOWN = '\u001b[B'

describe('a list with search takes', () => {
  it.each([
    ['the first item on Enter', '\r', ['azure-openai']],
    ['the item that begins with the words before those that hold them', 'open\r', ['openai']],
    ['an item by words of its title', 'by url\r', ['own']],
    ['the item that the arrows point at', `open${DOWN}${DOWN}${UP}\n`, ['openrouter']],
    ['no item beyond the ends', `${UP}${DOWN.repeat(20)}\r`, ['own']],
    ['what is left after backspaces', 'deepx\u007f\r', ['deepseek']],
    ['what is typed after the search is cleared', 'zzz\u0015own\r', ['own']],
    ['whatever the letters’ case', 'DEEP\r', ['deepseek']],
  ])('%s', (_title, keys, names) => {
    expect(typed(keys)).toEqual({ type: 'picked', names })
  })

  it('nothing while nothing fits, and says so', () => {
    const step = typed('zzz\r')
    expect(step).toMatchObject({ type: 'going', state: { query: 'zzz' } })
    const lines = step.type === 'going' ? pickLines(step.state, 80) : []
    expect(lines[0]).toBe('  Nothing fits "zzz".')
  })

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
    ['Escape', '\u001b'],
  ])('nothing after %s', (_title, key) => {
    expect(typed(`open${key}`)).toEqual({ type: 'canceled' })
  })
})

describe('a list of many takes', () => {
  it('what is marked, in the order of the list, whatever was searched in between', () => {
    expect(typed(`own \u0015deep \u0015${DOWN}\r`, true)).toEqual({
      type: 'picked',
      names: ['deepseek', 'own'],
    })
  })

  it('nothing when nothing is marked, and a second mark takes the first away', () => {
    expect(typed('\r', true)).toEqual({ type: 'picked', names: [] })
    expect(typed('own  \r', true)).toEqual({ type: 'picked', names: [] })
  })
})

describe('the shown list', () => {
  it('keeps the pointer in sight and every line within the terminal', () => {
    const items = Array.from({ length: 40 }, (_, index) => ({
      name: `model-${index}-with-a-long-name-日本語-${'x'.repeat(60)}`,
      title: `\u001b[31mnumber ${index}`,
    }))
    for (const at of [0, 5, 20, 39]) {
      const lines = pickLines({ ...startPick(items, true), at }, 60)
      expect(lines.length).toBe(11)
      expect(lines.filter((line) => line.startsWith('› '))).toEqual([expect.stringContaining(`model-${at}-`)])
      expect(lines.join('')).not.toContain('\u001b')
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
    }
  })

  it('fits all items while nothing is typed', () => {
    expect(fitting(startPick(ITEMS, false))).toEqual(ITEMS)
  })
})

it('keys that mean nothing here are passed over', () => {
  expect(keysIn('\u001b[5~\u001b[1;5Ca\u0001é')).toEqual([
    { type: 'text', text: 'a' },
    { type: 'text', text: 'é' },
  ])
})
