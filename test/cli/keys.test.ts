// Several keys of one provider, as a person gives them and sees them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, makeBench } from './bench.js'

let bench: Bench
beforeAll(() => {
  bench = makeBench()
})
afterAll(() => bench.close())

const add = (...keys: string[]) =>
  bench.run([
    ...['channel', 'add', '--name', 'two', '--endpoint', 'openai-chat=http://127.0.0.1:9/v1', '--no-test'],
    ...keys.flatMap((name) => ['--api-key-env', name]),
  ])

describe('channel add with several --api-key-env', () => {
  it('refuses the same one twice, and what is no name of a variable', async () => {
    const [twice, value] = await Promise.all([add('ONE', 'ONE'), add('ONE', 'sk-a-key-itself')])
    expect(twice).toMatchObject({ code: 2 })
    expect(twice.stderr).toContain('--api-key-env ONE is given twice')
    expect(value).toMatchObject({ code: 2 })
    expect(value.stderr).not.toContain('sk-a-key-itself')
  })

  it('writes them as a list, shows them by their references, and keeps their order', async () => {
    expect(await add('ONE', 'TWO')).toMatchObject({ code: 0 })
    expect(readFileSync(join(bench.hub, 'config.yml'), 'utf8')).toMatch(/api_key: \[ ?env:ONE, env:TWO ?\]/)
    const [list, shown, explained] = await Promise.all([
      bench.run(['channel', 'list']),
      bench.run(['config', 'show']),
      bench.run(['explain', 'some-model']),
    ])
    expect(list.stdout).toContain('env:ONE, env:TWO')
    expect(shown.stdout).toMatch(/env:ONE[\s\S]*env:TWO/)
    expect(explained.stdout).toContain('on two with key 1')
    expect(explained.stdout).toContain('on two with key 2')
    expect(explained.stdout).toContain('channel two: keys in the order 1, 2, the first is next in turn')
  })
})
