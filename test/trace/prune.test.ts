// Removing what was recorded, by a command and by the configuration's own limits.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askHub, type Bench, makeBench, member } from '../cli/bench.js'

let bench: Bench
beforeAll(async () => {
  bench = makeBench()
  await bench.run(['serve', '--detach', '--demo'])
  for (const words of ['first', 'second']) await (await askHub(bench, 'gpt-5', words)).text()
})
afterAll(() => bench.close())

it('tells what would go, takes it, and says what the database takes', async () => {
  const nothing = await bench.run(['trace', 'prune'])
  expect(nothing.stdout).toMatch(/^Nothing to remove; \d+(\.\d)? KB in use\.\n$/)
  const dry = await bench.run(['trace', 'prune', '--older-than', '1ms', '--dry-run'])
  expect(dry.stdout).toMatch(
    /^Would remove 2 conversations, 2 requests, [4-8] bodies\.\n.* in use before, about /,
  )
  expect(await bench.json(['trace', 'list'])).toHaveLength(2)
  const json = await bench.json(['trace', 'prune', '--older-than', '1ms'])
  expect(member(json, 'traces')).toBe(2)
  expect(await bench.json(['trace', 'list'])).toEqual([])
})

it('drops bodies alone when only the size is limited', async () => {
  await (await askHub(bench, 'gpt-5', 'third')).text()
  const json = await bench.json(['trace', 'prune', '--max-size', '1KB'])
  expect(member(json, 'traces')).toBe(0)
  expect(Number(member(json, 'bodies'))).toBeGreaterThan(0)
  expect(await bench.json(['trace', 'list'])).toHaveLength(1)
})

it('refuses what is no duration or size, and needs the hub', async () => {
  expect((await bench.run(['trace', 'prune', '--older-than', '7'])).stderr).toContain('12h or 7d')
  expect(await bench.run(['trace', 'prune', '--max-size', 'much'])).toMatchObject({ code: 2 })
  const off = makeBench()
  expect(await off.run(['trace', 'prune'])).toMatchObject({ code: 3 })
  const shown = await off.run(['config', 'show'])
  expect(shown.stdout).toMatch(/capture:\n +bodies: full\n +retention: 30d\n +max_size: 2GB/)
  await off.close()
})
