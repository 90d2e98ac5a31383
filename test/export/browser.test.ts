// The exported page in a real browser, from a file: it asks nobody, nothing of the conversation runs, search and keys work.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundleOf } from '../../src/export/bundle.js'
import { htmlPage } from '../../src/export/html.js'
import { redactor } from '../../src/export/redact.js'
import { openStore } from '../../src/store/open.js'
import { showBody, showTrace } from '../../src/store/show.js'
import { openWriter } from '../../src/store/writer.js'
import { finished, started } from '../support/records.js'

const chromium = [
  process.env['AXONHUB_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path))

/** Each sets `owned` where it runs. */
const ATTACKS = [
  '</script><script>window.owned = 1</script>',
  '<img src=x onerror="window.owned = 1">',
  '<svg/onload=window.owned=1>',
  '<a href="javascript:window.owned=1">click</a>',
  '<iframe srcdoc="<script>parent.owned = 1</script>"></iframe>',
  '" autofocus onfocus="window.owned = 1',
  "' onmouseover='window.owned = 1",
  '</style><style>body { display: none }</style>',
  '<base href="https://evil.example/"><link rel=stylesheet href=//evil.example/x.css>',
  '<form action=https://evil.example><input name=q></form>',
  '{{constructor.constructor("window.owned = 1")()}}',
  '\u001b[31mred\u001b[0m \u202eexe.txt',
  '<!--',
  ']]>',
  '&lt;script&gt;',
]

const folder = mkdtempSync(join(tmpdir(), 'axp-'))
let browser: Browser
let page: Page
const asked: string[] = []
const troubles: string[] = []

const part = (text: string) => ({ type: 'text', text })
function body(question: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      model: `m ${ATTACKS.join(' ')}`,
      max_tokens: 9,
      system: ATTACKS.join('\n'),
      messages: [
        { role: 'user', content: ATTACKS.map(part) },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 't1', name: ATTACKS.join(''), input: { a: ATTACKS } }],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 't1', content: ATTACKS.join('\n') }, part(question)],
        },
      ],
    }),
  )
}

const answer = (text: string) =>
  Buffer.from(
    JSON.stringify({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [
        { type: 'thinking', thinking: `deeply hidden ${ATTACKS.join(' ')}`, signature: 's' },
        part(text),
      ],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 4 },
    }),
  )

async function written(): Promise<string> {
  const database = openStore(join(folder, 'axonhub.db'))
  const records = ['first needle', 'second', 'third'].flatMap((words, index) => [
    started({
      requestId: `ar-${index}`,
      traceId: 'at-page',
      protocol: 'anthropic-messages',
      path: '/v1/messages',
      modelAsked: ATTACKS.join(' '),
      prompt: ATTACKS.join(' '),
      turnKey: `turn-${index}`,
      body: body(`${words} question`),
    }),
    finished({
      requestId: `ar-${index}`,
      modelUsed: ATTACKS.join(' '),
      errorText: ATTACKS.join(' '),
      notes: [{ kind: 'dropped', path: ATTACKS.join(' '), reason: ATTACKS.join(' ') }],
      decision: ATTACKS,
      responseBody: answer(`${words} answer ${ATTACKS.join(' ')}`),
    }),
  ])
  const stored = openWriter(database).write(records.map((message) => ({ message, bodiesDropped: 0 })))
  expect(stored).toMatchObject({ stored: 6, rejected: [] })
  const bundle = await bundleOf(
    showTrace(database, 'at-page'),
    async (question) => showBody(database, question),
    redactor(''),
  )
  database.close()
  return htmlPage(bundle, '0')
}

/** The value of an expression in the page. */
const see = (expression: string): Promise<unknown> => page.evaluate(expression)

const shown = () => see(`[...document.querySelectorAll('.request')].filter((one) => !one.hidden).length`)
const said = () => see(`document.querySelector('#found').textContent`)
const open = () => see(`document.querySelectorAll('.request:focus details[open]').length`)
const focused = () => see(`document.activeElement.getAttribute('aria-label')`)

/** How well the words of some elements can be told from the ground of the page (WCAG 2). */
const CONTRASTS = `(() => {
  const light = (colour) => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).map((one) => {
      const share = Number(one) / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const ground = light(getComputedStyle(document.body).backgroundColor)
  return ['h1', '.facts', '.text', '.part.tool .who', '.way b', 'summary'].map((name) => {
    const words = light(getComputedStyle(document.querySelector(name)).color)
    return (Math.max(words, ground) + 0.05) / (Math.min(words, ground) + 0.05)
  })
})()`

describe.skipIf(chromium === undefined)(
  'the page in Chromium (skipped where none is found; AXONHUB_CHROMIUM names one)',
  () => {
    beforeAll(async () => {
      browser = await puppeteer.launch({ executablePath: chromium ?? '', args: ['--no-sandbox'] })
      writeFileSync(join(folder, 'page.html'), await written())
    })
    afterAll(async () => {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    })
    beforeEach(async () => {
      asked.length = 0
      troubles.length = 0
      page = await browser.newPage()
      page.on('request', (request) => void asked.push(request.url()))
      page.on('console', (message) => void troubles.push(message.text()))
      page.on('pageerror', (thrown) => void troubles.push(String(thrown)))
      page.on('dialog', (dialog) => void troubles.push(dialog.message()))
      await page.goto(pathToFileURL(join(folder, 'page.html')).href)
      return () => page.close()
    })

    it('asks nobody for anything, and runs nothing but its own script', async () => {
      await see(`for (const one of document.querySelectorAll('details')) one.open = true`)
      await page.mouse.move(300, 300)
      for (const handle of await page.$$('.request')) await handle.click()
      expect(asked).toEqual([pathToFileURL(join(folder, 'page.html')).href])
      expect(troubles).toEqual([])
      expect(await see(`'owned' in window`)).toBe(false)
      const counts = await see(
        `['script', 'style', 'img', 'iframe', 'base', 'link', 'form', 'input', 'main a'].map((name) => document.querySelectorAll(name).length)`,
      )
      expect(counts).toEqual([1, 1, 0, 0, 0, 0, 0, 1, 0])
      const text = await see('document.body.textContent')
      for (const attack of ATTACKS.slice(0, 11)) expect(text).toContain(attack)
      for (const driver of ['\u001b', '\u202e']) expect(text).not.toContain(driver)
      expect(await see('getComputedStyle(document.body).display')).toBe('block')
    })

    it('finds words, also in what is folded, and shows only where they are', async () => {
      await page.keyboard.press('/')
      await page.keyboard.type('First Needle')
      await expect.poll(said).toBe('1/2 in 1 of 3 requests')
      expect(await shown()).toBe(1)
      await page.keyboard.press('Enter')
      await page.keyboard.press('n')
      expect(await said()).toBe('1/2 in 1 of 3 requests')
      await page.keyboard.press('N')
      expect(await said()).toBe('2/2 in 1 of 3 requests')
      await page.keyboard.press('Escape')
      await expect.poll(shown).toBe(3)
      await page.keyboard.press('/')
      await page.keyboard.type('deeply hidden')
      await expect.poll(said).toMatch(/ in 3 of 3 requests$/)
      const visible = `[...document.querySelectorAll('details[open]')].some((one) => one.textContent.includes('deeply hidden'))`
      expect(await see(visible)).toBe(true)
      await page.keyboard.press('Escape')
      await page.keyboard.press('/')
      await page.keyboard.type('nowhere at all')
      await expect.poll(said).toBe('nothing found')
      expect(await shown()).toBe(0)
    })

    it('is read by keys: j and k go from request to request, Enter opens and closes what is folded', async () => {
      await page.keyboard.press('j')
      expect(await focused()).toBe('Request ar-0')
      await page.keyboard.press('j')
      expect(await focused()).toBe('Request ar-1')
      await page.keyboard.press('k')
      expect(await focused()).toBe('Request ar-0')
      expect(await open()).toBe(0)
      await page.keyboard.press('Enter')
      expect(await open()).toBeGreaterThan(3)
      await page.keyboard.press('Enter')
      expect(await open()).toBe(0)
      await page.keyboard.press('Tab')
      expect(await see('document.activeElement.tagName')).toBe('SUMMARY')
    })

    it.each([
      [1280, 'light'],
      [1280, 'dark'],
      [390, 'light'],
      [320, 'dark'],
    ])('fits into %i pixels, %s, and its words can be told from their ground', async (width, scheme) => {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
      await page.setViewport({ width, height: 800 })
      expect(await see('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0)
      expect(await see(CONTRASTS)).toEqual(
        Array.from({ length: 6 }, () => expect.toSatisfy((ratio) => ratio > 4.5)),
      )
    })
  },
)
