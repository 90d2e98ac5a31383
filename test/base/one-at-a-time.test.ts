import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { oneAtATime } from '../../src/base/one-at-a-time.js'

it('runs once for each call, never beside itself, and goes on after a failure', async () => {
  const story: string[] = []
  let number = 0
  const run = oneAtATime(async () => {
    const mine = ++number
    story.push(`begin ${mine}`)
    await sleep(5)
    story.push(`end ${mine}`)
    if (mine === 2) throw new Error('the second fails')
    return mine
  })
  const results = await Promise.allSettled([run(), run(), run()])
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed'))).toEqual([
    1,
    'failed',
    3,
  ])
  expect(story).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3'])
})
