// The counting thread, as it runs from the build.

import { Buffer } from 'node:buffer'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { tokenCounter } from '../../src/tokens/counter.js'
import { estimateTokens } from '../../src/tokens/estimate.js'

const body = Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello there' }] }))
const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function counter(file?: URL) {
  const made = file === undefined ? tokenCounter() : tokenCounter(file)
  closers.push(() => made.close())
  return made
}

/** A thread that does what the text says instead of counting. */
function thread(source: string): URL {
  const folder = mkdtempSync(join(tmpdir(), 'axonhub-tokens-'))
  closers.push(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'worker.mjs')
  writeFileSync(file, `import { parentPort } from 'node:worker_threads'\n${source}`)
  return pathToFileURL(file)
}

describe('the token counter', () => {
  it('answers many questions at once with the estimate', async () => {
    const tokens = counter()
    const counts = await Promise.all([1, 2, 3].map(() => tokens.count(body, 'anthropic-messages')))
    const expected = estimateTokens(body, 'anthropic-messages')
    expect(counts).toEqual([expected, expected, expected])
    expect(body.toString()).toContain('Hello there')
  })

  it('refuses a body that is no request, and goes on', async () => {
    const tokens = counter()
    const wrong = Buffer.from('{"model":"m","messages":7}')
    await expect(tokens.count(wrong, 'anthropic-messages')).rejects.toMatchObject({
      code: 'invalid-request',
      detail: { param: 'messages' },
    })
    expect(await tokens.count(body, 'anthropic-messages')).toBeGreaterThan(0)
  })

  it('lets its thread and the tables go when nobody asks any more, and loads them again for the next question', async () => {
    const born = thread(
      "const born = Math.random()\nparentPort.on('message', ({ id }) => parentPort.postMessage({ id, tokens: born }))",
    )
    const patient = tokenCounter(born)
    const hasty = tokenCounter(born, 1)
    closers.push(
      () => patient.close(),
      () => hasty.close(),
    )
    const twice = async (tokens: ReturnType<typeof tokenCounter>) => {
      const first = await tokens.count(body, 'openai-chat')
      await new Promise((resolve) => setTimeout(resolve, 50))
      return [first, await tokens.count(body, 'openai-chat')]
    }
    const [kept, again] = await twice(patient)
    expect(again).toBe(kept)
    const [gone, fresh] = await twice(hasty)
    expect(fresh).not.toBe(gone)
  })

  it('rejects what is open when its thread dies, and starts another one for the next question', async () => {
    const tokens = counter(
      thread(
        `parentPort.on('message', ({ id, body }) => { if (body.length > 3) process.exit(1); parentPort.postMessage({ id, tokens: 7 }) })`,
      ),
    )
    await expect(tokens.count(body, 'openai-chat')).rejects.toMatchObject({ code: 'internal' })
    expect(await tokens.count(Buffer.from('{}'), 'openai-chat')).toBe(7)
  })

  it('cancels what is open when it is closed, and takes no more', async () => {
    const tokens = counter(thread(`parentPort.on('message', () => {})`))
    const [open] = await Promise.allSettled([tokens.count(body, 'openai-chat'), tokens.close()])
    expect(open).toMatchObject({ status: 'rejected', reason: { code: 'canceled' } })
    await expect(tokens.count(body, 'openai-chat')).rejects.toMatchObject({ code: 'canceled' })
  })
})
