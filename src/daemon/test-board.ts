// Which channels are being tested right now, and how far each test is: for whoever looks on.

import type { ChannelRow } from '../control/channels.js'
import type { TestStep } from './probe/session.js'

export type TestBoard = {
  /** `startedAt`: ms since the epoch. Of two tests of one channel the newest step is told. */
  note(channel: string, startedAt: number, step: TestStep): void
  ended(channel: string): void
  of(channel: string): ChannelRow['testing']
}

export function createTestBoard(): TestBoard {
  const running = new Map<string, NonNullable<ChannelRow['testing']>>()
  return {
    note(channel, startedAt, step) {
      running.set(channel, { startedAt: new Date(startedAt).toISOString(), ...step })
    },
    ended: (channel) => void running.delete(channel),
    of: (channel) => running.get(channel) ?? null,
  }
}
