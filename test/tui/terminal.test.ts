// The built program in a real terminal: every screen, filter, resize storm, a hub that dies and comes back, planted escape
// sequences, and a terminal that is left as it was, however the program ends.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import stringWidth from 'string-width'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasTmux, makePlace, type Pane, type Place, run } from './tmux.js'

const PROMPT = /\$ ?$/m

const PLANTED = 'Fix the login test \u001b]0;owned\u0007\u001b[2J\u001b]52;c;ZXZpbA==\u0007\u202e 日本語'

function ask(hub: { url: string; key: string }, words: string): Promise<Response> {
  return fetch(`${hub.url}/anthropic/v1/messages`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${hub.key}`,
      'content-type': 'application/json',
      'user-agent': 'claude-cli/2.1.197 (external, cli)',
    },
    body: JSON.stringify({
      model: 'claude-sonnet-4-5\u001b[31m',
      max_tokens: 99,
      stream: true,
      messages: [{ role: 'user', content: words }],
    }),
  })
}

describe.skipIf(!hasTmux)(
  'axonhub in a terminal (skipped where tmux is not installed)',
  { timeout: 60_000 },
  () => {
    let place: Place
    let hub: Awaited<ReturnType<Place['startHub']>>
    let pane: Pane

    beforeAll(async () => {
      place = makePlace()
      hub = await place.startHub('--demo')
      pane = place.pane(100, 30)
    }, 30_000)

    afterAll(() => place.close(), 30_000)

    it('opens, shows every screen by its number, help, and a filter', async () => {
      pane.shell('echo earlier $((40+2))')
      await pane.until('earlier 42')
      pane.shell(run())
      await pane.until(/● axonhub.*127\.0\.0\.1/)
      expect(pane.state()).toMatchObject({ alternate: true, cursor: false })
      await (await ask(hub, 'Fix the login test')).text()
      await pane.until(/claude Fix the login test/)
      const screens = [...(pane.screen().split('\n')[1] ?? '').matchAll(/(\d) (\w+)/g)]
      expect(screens.length).toBeGreaterThanOrEqual(2)
      for (const [, number = ''] of screens) {
        pane.keys(number)
        await sleep(150)
        expect(pane.screen()).toContain('axonhub')
      }
      pane.keys('1', '?')
      await pane.until('Everywhere')
      pane.keys('x', '/', 'n', 'o', 'n', 'e')
      await pane.until('Nothing here holds')
      pane.keys('Escape')
      await pane.until(/claude Fix the login test/)
    })

    it('shows what was planted in prompts and names, and does nothing of it', async () => {
      await (await ask(hub, PLANTED)).text()
      const shown = await pane.until('␛]0;owned␇')
      expect(shown).toContain('claude-sonnet-4-5␛[31m')
      pane.keys('g', 'Enter')
      const read = await pane.until('you\n')
      expect(read).toContain('␛]52;c;ZXZpbA==␇⇄ 日本語')
      pane.keys('w')
      await pane.until('The agent sent POST')
      pane.keys('Escape')
      await pane.until(/State.*Model/)
      expect(pane.state().title).not.toBe('owned')
    })

    it('stands a storm of sizes, and fills each to its last column', async () => {
      for (const [columns, rows] of [
        [40, 12],
        [250, 80],
        [61, 13],
        [10, 4],
        [200, 20],
        [80, 24],
      ] as const) {
        pane.resize(columns, rows)
        await sleep(30)
      }
      await pane.until(/● axonhub.*127\.0\.0\.1/)
      await sleep(300)
      const lines = pane.screen().trimEnd().split('\n')
      expect(lines).toHaveLength(24)
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(80)
      expect(lines.at(-1)).toContain('enter open')
      pane.resize(100, 30)
    })

    it('says that the hub died, keeps what it knew, and follows the next one', async () => {
      hub.kill()
      const lost = await pane.until('no answer')
      expect(lost).toContain('Fix the login test')
      hub = await place.startHub('--demo')
      await pane.until(/● axonhub.*127\.0\.0\.1/)
      await (await ask(hub, 'After the restart')).text()
      await pane.until(/claude After the restart/)
    })

    /** Settings of the terminal before and after are one, and so is what stood on it. */
    const AS_IT_WAS = { alternate: false, cursor: true, settings: 1, earlier: true }

    async function left(leave: () => void, command = run()) {
      pane.shell('clear; stty -a | cksum; echo earlier $((40+2))')
      await pane.until('earlier 42')
      pane.shell(command)
      await pane.until(/● axonhub.*127\.0\.0\.1/)
      leave()
      const shown = await pane.until(PROMPT)
      const { alternate, cursor } = pane.state()
      pane.shell('stty -a | cksum')
      const after = await pane.until(/(^\d+ \d+$[\s\S]*){2}/m)
      const sums = [...after.matchAll(/^(\d+ \d+)$/gm)].map(([, sum]) => sum)
      return { alternate, cursor, settings: new Set(sums).size, earlier: shown.includes('earlier 42'), shown }
    }

    it('leaves the terminal as it was: by q', async () => {
      pane.keys('q')
      await pane.until(PROMPT)
      expect(await left(() => pane.keys('q'))).toMatchObject(AS_IT_WAS)
    })

    it('… by ctrl-C', async () => {
      expect(await left(() => pane.keys('C-c'))).toMatchObject(AS_IT_WAS)
    })

    it.each(['SIGTERM', 'SIGHUP'] as const)('… by %s', async (signal) => {
      const end = await left(() => void process.kill(pane.programPid(), signal))
      expect(end).toMatchObject(AS_IT_WAS)
    })

    it('… by a crash, of which it says what it was', async () => {
      const planted = join(place.home, 'crash.mjs')
      writeFileSync(planted, "setTimeout(() => { throw new Error('a planted crash') }, 3000)\n")
      const end = await left(() => undefined, `NODE_OPTIONS=--import=${planted} ${run()}`)
      expect(end).toMatchObject(AS_IT_WAS)
      expect(end.shown).toContain('a planted crash')
    })

    it('prints how things stand where no terminal is, and leaves with a hint', () => {
      const said = place.axonhub()
      expect(said).toContain('runs on http://127.0.0.1')
      expect(said).toContain('In a terminal, axonhub alone shows requests as they run.')
    })

    it('needs nothing but ASCII for a terminal that has no more', async () => {
      pane.shell(`clear; TERM=dumb ${run()}`)
      const shown = await pane.until(/\* axonhub.*127\.0\.0\.1/)
      expect(shown).not.toMatch(/[^\n -~]/)
      pane.keys('q')
      await pane.until(PROMPT)
    })
  },
)

describe.skipIf(!hasTmux)(
  'axonhub in a terminal where no hub runs (skipped where tmux is not installed)',
  { timeout: 60_000 },
  () => {
    let place: Place

    beforeAll(() => {
      place = makePlace()
      mkdirSync(join(place.home, 'hub'), { mode: 0o700 })
      writeFileSync(join(place.home, 'hub', 'config.yml'), 'server: { port: 0 }\n', { mode: 0o600 })
    })

    afterAll(() => place.close(), 30_000)

    it('offers to start one, says the one command to go on with, and leaves it running', async () => {
      const pane = place.pane(80, 24)
      pane.shell(run())
      await pane.until('No hub is running for this home.')
      pane.keys('Enter')
      await pane.until('axonhub channel add')
      await pane.until('The hub has been started.')
      pane.keys('q')
      await pane.until(PROMPT)
      expect(place.axonhub()).toContain('runs on http://127.0.0.1')
    })
  },
)
