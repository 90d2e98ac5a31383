// A conversation that no longer fits: Claude Code shortens it by itself when it is told so in the words that it
// knows, and the hub must find those words whatever the vendor behind it says.

import { afterEach, describe, expect, it } from 'vitest'
import { AGAIN_PROMPT, AGAIN_TEXT, HELLO_PROMPT, HELLO_TEXT, SCRIPTS } from '../support/upstream/task.js'
import { startUpstream } from '../support/upstream/upstream.js'
import { claude } from './bench/agent.js'
import { CLAUDE_VERSION } from './bench/agents.js'
import { makeHome } from './bench/home.js'
import { startHub } from './bench/hub.js'
import { converse } from './bench/interactive.js'
import { hasTmux } from './bench/terminal.js'
import { configOf, PLAIN_CHAT, RESPONSES } from './bench/upstreams.js'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const FULL = {
  error: {
    message:
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 210000 tokens. Please reduce the length of the messages.",
    type: 'invalid_request_error',
    param: 'messages',
    code: 'context_length_exceeded',
  },
}

// Version 2.1.197 offers to compact so short a conversation and does not do it by itself.
describe.skipIf(!hasTmux() || CLAUDE_VERSION === '2.1.197').each([PLAIN_CHAT, RESPONSES])(
  `${claude.title} with a full window on $title (skipped where tmux is absent, and for 2.1.197)`,
  (route) => {
    it('compacts and goes on', async () => {
      const home = makeHome()
      cleanups.push(() => home.remove())
      const upstream = await startUpstream({ provider: route.provider, scripts: SCRIPTS, folder: home.work })
      cleanups.push(() => upstream.close())
      const hub = await startHub(home, configOf(route, upstream.baseUrl))
      cleanups.push(() => hub.stop())
      claude.settle(home)
      await hub.connect(claude.name)

      await converse(claude, home, [
        { prompt: HELLO_PROMPT, answer: HELLO_TEXT },
        {
          prompt: AGAIN_PROMPT,
          answer: AGAIN_TEXT,
          before: () => upstream.fail({ type: 'answer', status: 400, body: FULL }),
        },
      ])
      expect(upstream.violations()).toEqual([])
      // The agent asks for a title when it likes, and for the models, which the hub has from the provider.
      const asked = upstream.exchanges
        .map(({ kind }) => kind)
        .filter((kind) => !['title', 'models'].includes(kind))
      expect(asked).toEqual(['step', 'fault', 'summary', 'step'])
    })
  },
)
