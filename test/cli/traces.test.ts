// What happened, as commands tell it: from the running hub, from the file while it is off, and live.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addressOf, askHub, type Bench, keyOf, makeBench, member } from './bench.js'

const SESSION = '0199ab3c-1111-7222-8333-444455556666'

let bench: Bench
beforeAll(async () => {
  bench = makeBench()
  await bench.run(['serve', '--detach', '--demo'])
})
afterAll(() => bench.close())

async function askAsClaude(model: string, words: string): Promise<number> {
  const key = await keyOf(bench)
  const answer = await fetch(`${await addressOf(bench)}/anthropic/v1/messages`, {
    method: 'POST',
    headers: {
      'x-api-key': key,
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      'user-agent': 'claude-cli/2.1.328 (external, cli)',
      'x-claude-code-session-id': SESSION,
    },
    body: JSON.stringify({ model, max_tokens: 100, messages: [{ role: 'user', content: words }] }),
  })
  await answer.text()
  return answer.status
}

it('says so while there is nothing yet', async () => {
  const empty = makeBench()
  const [list, json, show] = await Promise.all([
    empty.run(['trace', 'list']),
    empty.run(['trace', 'list', '--json']),
    empty.run(['trace', 'show', '0199ab3c']),
  ])
  expect(list).toMatchObject({ code: 0, stderr: '' })
  expect(list.stdout).toContain('No conversations yet')
  expect(JSON.parse(json.stdout)).toEqual([])
  expect(show.code).toBe(1)
  expect(show.stderr).toContain('Nothing is recorded yet')
  expect((await empty.run(['trace', 'tail'])).code).toBe(3)
  await empty.close()
})

describe('traces', () => {
  it('are told live, with who asked, who answered and what it took', async () => {
    const tail = bench.start(['trace', 'tail'])
    const json = bench.start(['trace', 'tail', '--json'])
    await tail.shows(/Watching/)
    await json.shows(/"type":"snapshot"/)
    expect(await askAsClaude('claude-opus-5-5', 'Count the \u001b[31mfiles')).toBe(200)
    await tail.shows(/▶ 0199ab3c claude-code asks claude-opus-5-5/)
    await tail.shows(/✓ 0199ab3c claude-opus-5-5 on demo, relayed · 200 · .* in, \d+ out/)
    await json.shows(/"type":"request-finished"/)
    for (const line of json.stdout().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('type')
    tail.child.kill('SIGINT')
    json.child.kill('SIGINT')
    expect((await tail.ended).code).toBe(0)
    expect(tail.stdout()).not.toContain('\u001b')
    await json.ended
  })

  it('are told apart from their requests: a conversation has no wire of its own', async () => {
    for (const id of [SESSION, SESSION.slice(0, 6)])
      for (const command of [
        ['trace', 'show', id, '--wire'],
        ['trace', 'replay', id],
      ]) {
        const shown = await bench.run(command)
        expect(shown).toMatchObject({ code: 2, stdout: '' })
        expect(shown.stderr).toContain(`${id} is a conversation, and this is about one request of it.`)
        expect(shown.stderr).toMatch(/Name a request:\n {2}ar-\w+ {2}[\d:]+ {2}claude-opus-5-5/)
      }
    expect((await bench.run(['trace', 'show', 'nobody', '--wire'])).stderr).toContain('There is no request')
    expect((await bench.run(['trace', 'show', 'a', '--wire'])).stderr).toContain('too short')
  })

  it('are listed within 80 columns, newest first, by agent when asked', async () => {
    await askHub(
      bench,
      'gpt-5',
      'a question that is much longer than the room which a table of eighty columns has',
    )
    const [list, claude] = await Promise.all([
      bench.run(['trace', 'list']),
      bench.run(['trace', 'list', '--agent', 'claude', '-n', '5']),
    ])
    const lines = list.stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    expect(lines[0]).toMatch(/^ID +WHEN +AGENT +TITLE +MODELS +IN\/OUT +COST +REQ +STATE$/)
    expect(lines[1]).toMatch(/^at-\S+ +.* other +a question.*… +gpt-5 +\d+\/\d+ +– +1 {2}ok$/)
    expect(claude.stdout.trimEnd().split('\n')).toHaveLength(2)
    expect(claude.stdout).toMatch(/^0199ab3c +.* claude +Count the/m)
  })

  it('are shown whole by the beginning of an id: turns, requests, decision, figures', async () => {
    const { code, stdout } = await bench.run(['trace', 'show', '0199ab3c'])
    expect(code).toBe(0)
    expect(stdout).toContain(`Trace ${SESSION}`)
    expect(stdout).toMatch(/claude-code 2\.1\.328\n1 turn, 1 request; last used/)
    expect(stdout).toMatch(/Turn 1 {2}\d\d:\d\d:\d\d\n {2}> Count the/)
    expect(stdout).toMatch(/✓ ar-\w+ claude-opus-5-5 → claude-opus-5-5 on demo, relayed 200/)
    expect(stdout).toMatch(/· no profile\n +· channel demo: choice 1/)
    const request = /✓ (ar-\w+)/.exec(stdout)?.[1] ?? ''
    expect((await bench.run(['trace', 'show', request])).stdout).toContain(`Request of trace ${SESSION}`)
  })

  it('that are not there are told as such', async () => {
    const [none, short] = await Promise.all([
      bench.run(['trace', 'show', 'ffffffff']),
      bench.run(['trace', 'show', '01']),
    ])
    expect(none.code).toBe(1)
    expect(none.stderr).toContain('There is no trace ffffffff')
    expect(short.code).toBe(2)
  })

  it('are the same with the hub off', async () => {
    const ask = () => Promise.all([bench.json(['trace', 'list']), bench.json(['trace', 'show', SESSION])])
    const [listOn, showOn] = await ask()
    const log = await bench.run(['logs', '-n', '1', '--json'])
    expect(JSON.parse(log.stdout)).toHaveProperty('event')
    await bench.run(['stop'])
    const [listOff, showOff] = await ask()
    expect(listOff).toEqual(listOn)
    expect(showOff).toEqual(showOn)
    expect(member(showOff, 'id')).toBe(SESSION)
  })
})
