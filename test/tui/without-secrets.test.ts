// What a running answer shows of secrets: nothing.
import { expect, it } from 'vitest'
import { withoutSecrets } from '../../src/tui/without-secrets.js'

const KEY = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`

it('shows no secret of a running answer, neither in its words nor in what a tool is called with', () => {
  const said = withoutSecrets([
    { type: 'text', text: `The token is ${KEY}.` },
    { type: 'call', id: 'c1', name: 'Bash', input: `{"command":"login ${KEY}"}` },
    { type: 'text', text: 'Nothing to hide.' },
  ])
  expect(JSON.stringify(said)).not.toContain(KEY)
  expect(said).toMatchObject([
    { text: expect.stringContaining('The token is ') },
    { id: 'c1', name: 'Bash', input: expect.stringContaining('login ') },
    { text: 'Nothing to hide.' },
  ])
})
