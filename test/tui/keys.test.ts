// What a key is called: alone, several in one read of the terminal, and text that was pasted.
import { expect, it } from 'vitest'
import { keysOf, type RawKey } from '../../src/tui/keys.js'

const NONE: RawKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageUp: false,
  pageDown: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  tab: false,
  shift: false,
  backspace: false,
  delete: false,
  ctrl: false,
  meta: false,
}

const names = (input: string, key: Partial<RawKey> = {}) =>
  keysOf(input, { ...NONE, ...key }).map(({ name }) => name)

it.each([
  ['a key', 'j', {}, ['j']],
  ['an arrow', '', { downArrow: true }, ['down']],
  ['shift and tab', '', { tab: true, shift: true }, ['shift-tab']],
  ['ctrl and a key', 'd', { ctrl: true }, ['ctrl-d']],
  ['two keys that came together', 'ey', {}, ['e', 'y']],
  ['keys and enter that came together', 'ab\r', {}, ['a', 'b', 'enter']],
  ['what was pasted', 'claude-opus-5', {}, ['claude-opus-5']],
  ['what was pasted with its line end', 'claude-opus-5\r', {}, ['claude-opus-5', 'enter']],
] as const)('%s', (_title, input, key, expected) => {
  expect(names(input, key)).toEqual(expected)
})

it('only what is a character of its own is typed into a field', () => {
  expect(keysOf('q\t\u007f', NONE).map(({ text }) => text)).toEqual(['q', '', ''])
})
