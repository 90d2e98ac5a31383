// The built program in a real terminal: the screens of quota, channels, profiles, usage and log on a hub that works, and what
// is done there with a key really done: config.yml changes by that word, and keeps its comments.
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DemoUpstream, startDemoUpstream } from '../../../src/demo/upstream.js'
import { hasTmux, makePlace, type Pane, type Place, run } from '../tmux.js'

const config = (url: string) => `# the hub of a test
channels:
  - name: alpha   # the first
    endpoints: { openai-chat: "${url}/v1", anthropic-messages: "${url}" }
    models: [demo-large, large, small]
  # the second stands by
  - { name: beta, endpoints: { openai-chat: "${url}/v1" }, priority: 5 }
profiles:
  cheap: { mappings: [{ from: "gpt-.*", to: small }] }
  # for hard days
  good: { mappings: [{ from: "*", to: large, channel: [alpha, beta] }] }
active_profile: cheap   # switch me
`

describe.skipIf(!hasTmux)(
  'the screens in a terminal (skipped where tmux is not installed)',
  { timeout: 60_000 },
  () => {
    let upstream: DemoUpstream
    let place: Place
    let pane: Pane
    let file = ''
    const written = () => readFileSync(file, 'utf8')

    beforeAll(async () => {
      upstream = await startDemoUpstream({
        newId: (prefix) => prefix + randomUUID(),
        clock: { now: () => Date.now() },
        paceMs: 1,
      })
      place = makePlace()
      mkdirSync(join(place.home, 'hub'), { mode: 0o700 })
      file = join(place.home, 'hub', 'config.yml')
      writeFileSync(file, config(upstream.baseUrl), { mode: 0o600 })
      const hub = await place.startHub()
      for (const model of ['gpt-1', 'gpt-2', 'other'])
        await (
          await fetch(`${hub.url}/v1/chat/completions`, {
            method: 'POST',
            headers: { authorization: `Bearer ${hub.key}`, 'content-type': 'application/json' },
            body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'hi' }] }),
          })
        ).text()
      pane = place.pane(120, 36)
      pane.shell(run())
      await pane.until(/● axonhub.*profile cheap/)
    }, 45_000)

    afterAll(async () => {
      await place.close()
      await upstream.close()
    }, 30_000)

    it('disables a channel after a question, and enables it again', async () => {
      pane.keys('4')
      await pane.until(/● alpha +ok/)
      pane.keys('j', 'e')
      await pane.until('Disable beta?')
      pane.keys('x')
      await pane.until(/● beta +ok/)
      pane.keys('e', 'y')
      await pane.until(/○ beta +disabled/)
      expect(written()).toContain('enabled: false')
      expect(written()).toContain('  # the second stands by\n')
      pane.keys('e')
      await pane.until(/● beta +ok/)
      expect(written()).not.toContain('enabled: false')
    })

    it('tests a channel, tells how far it is, and shows its card', async () => {
      pane.keys('g', 't')
      await pane.until('Can')
      await pane.until(/demo-large over openai-chat/, 30_000)
      expect(await pane.until(/✓ tools/)).toContain('✓ text')
    })

    it('switches the profile with one key, and explains what happens to a name', async () => {
      pane.keys('5')
      await pane.until(/● cheap +active +3/)
      expect(pane.screen()).toMatch(/1 gpt-\.\* +→ small +any +2/)
      pane.keys('j', 'u')
      await pane.until(/● axonhub.*profile good/)
      await pane.until(/● good +active/)
      expect(written()).toContain('active_profile: good   # switch me')
      expect(written()).toContain('  # for hard days\n')
      pane.keys('e')
      await pane.until('which model?')
      pane.keys('claude-9', 'Enter')
      await pane.until(/claude-9 → large on alpha, then beta/)
    })

    it('does the same from the palette', async () => {
      pane.keys(':')
      await pane.until('Commands')
      pane.keys('profile use cheap')
      await pane.until(/▌profile use cheap/)
      pane.keys('Enter')
      await pane.until(/● axonhub.*profile cheap/)
      expect(written()).toContain('active_profile: cheap   # switch me')
    })

    it('adds up usage by day and by model, and knows of no plan', async () => {
      pane.keys('6')
      await pane.until(/last 14 days: .* tokens/)
      pane.keys('m')
      await pane.until(/Model[\s\S]*small/)
      pane.keys('3')
      expect(await pane.until('Nothing is known of any account yet.')).toContain('asks the providers now')
    })

    it('follows the log, stands still, and shows the bad lines alone', async () => {
      pane.keys('7')
      await pane.until('hub.started')
      writeFileSync(file, `${written()}nonsense: true\n`)
      await pane.until('config.refused')
      pane.keys('l')
      await pane.until('warnings and errors')
      expect(pane.screen()).not.toContain('hub.started')
      pane.keys('p', 'Enter')
      await pane.until(/╭─ config\.refused/)
      await pane.until('paused')
    })

    it.each([
      [40, 12],
      [200, 50],
      [80, 24],
    ])('is drawn anew at %i×%i', async (columns, rows) => {
      pane.resize(columns, rows)
      pane.keys('4')
      await pane.until(/alpha +ok[\s\S]*e disable[^\n]*\n$/)
      const lines = pane.screen().replace(/\n$/, '').split('\n')
      expect(lines).toHaveLength(rows)
      expect(lines.at(-1)).toContain('disable')
    })
  },
)
