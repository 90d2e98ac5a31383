// The facts of a channel: names in a column, words beside them.
import { expect, it } from 'vitest'
import { glyphsFor } from '../../../src/tui/glyphs.js'
import { lineText } from '../../../src/tui/line.js'
import { channelDetail } from '../../../src/tui/screens/channel-detail.js'
import { channels, iso, NOW } from './sample.js'

it('a rest of any length stands apart from its reason', () => {
  const [row] = channels().channels
  if (row === undefined) throw new Error('the sample has no channel')
  for (const ms of [9_000, 42_000, 17 * 60_000, 1_796_000, 26 * 3_600_000]) {
    const rests = [{ kind: 'cooldown' as const, key: null, model: null, until: iso(ms), reason: 'Slow down' }]
    const look = { now: NOW, width: 60, glyphs: glyphsFor('unicode') }
    const text = channelDetail({ ...row, enabled: true, rests }, look).map(lineText)
    expect(text.find((line) => line.includes('Slow down'))).toMatch(/^rests \S+ +Slow down/)
  }
})
