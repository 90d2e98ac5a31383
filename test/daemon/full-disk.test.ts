// A home on a disk that is full, on a real small file system: answers go on, what is wrong is said, and what can be written
// again is written again.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeBench, member } from '../cli/bench.js'
import { type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'
import { startHubProcess, until } from './lifecycle.js'

// Real processes: on a busy machine they take their time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const SIZE = 8 * 1024 * 1024

/** A file system of 8 MiB; undefined where this user may not make one. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'axd-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'tmpfs', folder])
  return mounted.status === 0 ? folder : undefined
}

const disk = smallDisk()

/** Writes until nothing more fits. */
function fill(folder: string): string {
  const file = join(folder, 'ballast')
  writeFileSync(file, '')
  for (const size of [1 << 20, 1 << 14, 1 << 12])
    for (let round = 0; round < 9999; round += 1) {
      try {
        writeFileSync(file, Buffer.alloc(size), { flag: 'a' })
      } catch {
        break
      }
    }
  return file
}

let upstream: RawUpstream
beforeAll(async () => {
  upstream = await rawUpstream((response) =>
    sendJson(response, { model: 'x', choices: [], padding: 'p'.repeat(100_000) }),
  )
})
afterAll(async () => {
  await upstream.close()
  if (disk === undefined) return
  spawnSync('umount', ['-l', disk])
  rmSync(disk, { recursive: true, force: true })
})

describe.skipIf(disk === undefined)(
  'on a disk that is full (skipped where no small disk can be made)',
  () => {
    it('a running hub goes on answering, tells what it cannot record, and records again with room', async () => {
      const bench = makeBench('0', join(disk ?? '', 'hub'))
      const hub = await startHubProcess(upstream.url, bench)
      const ballast = fill(disk ?? '')
      const recorder = async () => JSON.stringify(member(await bench.json(['status']), 'recorder'))
      for (let round = 0; round < 6; round += 1) expect((await hub.ask()).status).toBe(200)
      await until(async () => {
        expect((await hub.ask()).status).toBe(200)
        return (await recorder()).includes('"failing"')
      })
      expect((await bench.run(['status'])).stdout).toMatch(/not recorded:\n.*(full|disk|space)/)
      rmSync(ballast)
      await until(async () => {
        await hub.ask()
        return (await recorder()).includes('"state":"ok"')
      }, 20_000)
      await bench.close()
    })

    it('init changes no file of an agent, says why, and undo has nothing to take back', async () => {
      const bench = makeBench('8090', join(disk ?? '', 'hub'))
      const config = bench.write('.codex/config.toml', 'model = "gpt-5"\n')
      await bench.run(['token'])
      mkdirSync(join(disk ?? '', 'hub'), { recursive: true })
      const ballast = fill(disk ?? '')
      const init = await bench.run(['init', 'codex', '--yes'])
      expect([init.code, init.stderr]).toEqual([4, expect.stringContaining('no space is left on the disk')])
      expect(bench.read('.codex/config.toml')).toBe('model = "gpt-5"\n')
      expect(statSync(config).isFile()).toBe(true)
      rmSync(ballast)
      expect((await bench.run(['undo'])).stdout).toContain('Nothing to take back')
      expect((await bench.run(['init', 'codex', '--yes'])).code).toBe(0)
      await bench.close()
    })

    it('a hub that cannot start there says so', async () => {
      const bench = makeBench('0', join(disk ?? '', 'hub2'))
      const ballast = fill(disk ?? '')
      const run = await bench.run(['serve', '--detach', '--demo'])
      expect(run.code).toBeGreaterThan(0)
      expect(run.stderr).toMatch(/space/)
      expect(run.stderr).not.toMatch(/\n +at /)
      rmSync(ballast)
      await bench.close()
    })
  },
)
