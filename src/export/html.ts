// A conversation as one page that can be attached to a report. Law: what agents, tools and models said is text and
// never markup; the page's own script is the only one that the page allows, by its hash.
import { createHash } from 'node:crypto'
import { isObject, parseJson } from '../base/json.js'
import type { IrPart } from '../protocol/ir/part.js'
import type { IrTurn } from '../protocol/ir/request.js'
import type { AttemptView, RequestView } from '../store/views.js'
import type { Bundle, ExportedBody, ExportedRequest } from './bundle.js'
import { SCRIPT, STYLE } from './page.js'

/** Markup, as against text, which `html` escapes. */
type Markup = { readonly markup: string }
type Piece = string | number | Markup | readonly Markup[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Marks that turn the direction of writing, and tags that show as nothing. */
const UNSEEN = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu

/** Control characters too: someone may cat the page to a terminal. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '\ufffd')
    .replace(UNSEEN, '\ufffd')
}

function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  let markup = strings[0] ?? ''
  for (const [index, piece] of pieces.entries()) markup += written(piece) + (strings[index + 1] ?? '')
  return { markup }
}

function written(piece: Piece): string {
  if (typeof piece === 'string') return escaped(piece)
  if (typeof piece === 'number') return String(piece)
  return 'markup' in piece ? piece.markup : piece.map(({ markup }) => markup).join('')
}

const NOTHING: Markup = { markup: '' }

/** The wire view shows the beginning and the end of longer bodies; `jsonl` has them whole. */
const SHOWN = 200_000

/** The whole page. */
export function htmlPage(bundle: Bundle, version: string): string {
  const { trace, turns } = bundle
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const policy = `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; base-uri 'none'; form-action 'none'`
  const longest = Math.max(
    1,
    ...turns.flatMap((turn) => turn.requests.map(({ view }) => view.durationMs ?? 0)),
  )
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${trace.title ?? trace.id}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<header><div class="inner">
<h1>${trace.title ?? trace.id}</h1>
<div class="facts">${traceFacts(bundle, version).map(fact)}</div>
<div class="find"><input type="search" placeholder="Search" aria-label="Search" autocomplete="off" spellcheck="false"><span id="found" class="facts" role="status"></span><span class="keys"><kbd>/</kbd> search <kbd>n</kbd> next <kbd>j</kbd> <kbd>k</kbd> requests <kbd>Enter</kbd> unfold</span></div>
</div></header>
<div class="page">
<nav aria-label="Turns">${turns.map(entryOf)}</nav>
<main>
${turns.map(
  (
    turn,
  ) => html`<h2 id="turn-${turn.number}">Turn ${turn.number} <span class="time">${date(turn.startedAt)}</span></h2>
${turn.requests.map((request) => section(request, longest))}`,
)}
</main>
</div>
<script>${{ markup: SCRIPT }}</script>
</body>
</html>
`.markup
}

function fact(words: string): Markup {
  return html`<span>${words}</span> `
}

function traceFacts({ trace, turns }: Bundle, version: string): string[] {
  const { usage } = trace
  const input = usage.inputFresh + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h
  return [
    `${trace.agent}${trace.agentVersion === null ? '' : ` ${trace.agentVersion}`}`,
    date(trace.startedAt),
    `${turns.length} ${turns.length === 1 ? 'turn' : 'turns'}`,
    `${trace.requests} ${trace.requests === 1 ? 'request' : 'requests'}${trace.failed === 0 ? '' : `, ${trace.failed} failed`}`,
    ...trace.models,
    `${thousands(input)} tokens in, ${thousands(usage.cacheRead)} of them from the cache`,
    `${thousands(usage.output)} out`,
    ...(trace.cost > 0 ? [`$${trace.cost.toFixed(4)}`] : []),
    `trace ${trace.id}`,
    `axonhub ${version}`,
    'secrets are removed',
  ]
}

function thousands(number: number): string {
  return number.toLocaleString('en-US')
}

/** The way to a turn, by the first words that were said in it. */
function entryOf({ number, requests }: Bundle['turns'][number]): Markup {
  const prompt = requests.find(({ view }) => view.prompt !== null)?.view.prompt ?? ''
  return html`<a href="#turn-${number}">${number}. ${prompt.slice(0, 80)}</a>`
}

function date(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').slice(0, 19)
}

function section({ view, bodies, asked, answered }: ExportedRequest, longest: number): Markup {
  const bad = view.outcome === 'failed' || view.outcome === 'interrupted'
  const share = Math.max(0.5, Math.round(((view.durationMs ?? 0) / longest) * 1000) / 10)
  const purpose = `${view.purpose}${view.subagent === null ? '' : ` of subagent ${view.subagent}`}`
  return html`<section class="request${bad ? ' failed' : ''}" tabindex="0" aria-label="Request ${view.id}">
<div class="top"><div class="way"><b class="${bad ? 'not' : 'ok'}">${view.outcome} ${view.status ?? ''}</b><span>${view.modelAsked} → ${view.modelUsed ?? 'nobody'}${view.channel === null ? '' : ` on ${view.channel}`}</span><span class="facts">${purpose}</span></div>
<div class="facts">${figures(view).map(fact)}</div>
<svg class="bar" aria-hidden="true"><rect width="${share}%" height="3" rx="1.5" fill="currentColor"/></svg></div>
<div class="body">
${view.errorText === null ? NOTHING : html`<p class="text error">${view.errorCode ?? 'error'}: ${view.errorText}</p>`}
${asked.map(turnOf)}
${answered.map((part) => partOf(part, 'assistant'))}
${folded('decision, tries, notes', details(view))}
${bodies.toSorted(byWay).map(wire)}
</div>
</section>
`
}

function figures({ durationMs, firstTokenMs, usage, cost, stopReason, id }: RequestView): string[] {
  const seconds = (ms: number) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)
  const written = usage === null ? 0 : usage.cacheWrite5m + usage.cacheWrite1h
  return [
    durationMs === null ? 'no end' : seconds(durationMs),
    ...(firstTokenMs === null ? [] : [`first token after ${seconds(firstTokenMs)}`]),
    ...(usage === null
      ? []
      : [
          `${thousands(usage.inputFresh)} fresh`,
          `${thousands(usage.cacheRead)} cached`,
          ...(written === 0 ? [] : [`${thousands(written)} written`]),
          `${thousands(usage.output)} out`,
        ]),
    ...(cost === null ? [] : [`$${cost.toFixed(4)}`]),
    ...(stopReason === null ? [] : [`ended by ${stopReason}`]),
    id,
  ]
}

function turnOf({ role, parts }: IrTurn): Markup {
  const content = html`${parts.map((part) => partOf(part, role))}`
  return role === 'system' || role === 'developer' ? folded(role, content) : content
}

function partOf(part: IrPart, role: IrTurn['role']): Markup {
  switch (part.type) {
    case 'text':
      return html`<div class="part ${role}"><div class="who">${role}</div><p class="text">${part.text}</p></div>`
    case 'reasoning':
      return folded(
        'thinking',
        html`<p class="text">${part.text === '' ? '(hidden by its maker)' : part.text}</p>`,
      )
    case 'tool-call':
      return html`<div class="part tool"><div class="who">calls ${part.name}</div><pre>${pretty(part.input)}</pre></div>`
    case 'tool-result':
      return folded(
        part.isError ? 'tool result: error' : 'tool result',
        html`${part.content.map((piece) => partOf(piece, 'tool'))}`,
      )
    case 'media':
      return html`<div class="part ${role}"><div class="who">${part.kind} ${part.name ?? ''}</div></div>`
    case 'opaque':
      return folded(
        'other content',
        html`<pre>${part.fallback ?? JSON.stringify(part.value, undefined, 1)}</pre>`,
      )
  }
}

/** JSON on lines of its own; other text as it is. */
function pretty(text: string): string {
  const value = text.length > SHOWN ? undefined : parseJson(text)
  return isObject(value) ? JSON.stringify(value, undefined, 2) : text
}

function folded(title: string, content: Markup): Markup {
  return html`<details><summary>${title}</summary><div class="part">${content}</div></details>`
}

function details({ decision, attempts, notes }: RequestView): Markup {
  return html`${decision.map((line) => html`<p class="text">${line}</p>`)}
${attempts.map(attemptOf)}
${notes.map(({ kind, path, reason }) => html`<p class="text">${kind} ${path}: ${reason}</p>`)}`
}

function attemptOf(attempt: AttemptView): Markup {
  const headers = Object.entries(attempt.headers).map(
    ([name, value]) => html`${name}: ${value}
`,
  )
  return html`<p class="text">try ${attempt.number}: ${attempt.modelUsed} on ${attempt.channel}, ${attempt.mode} as ${attempt.protocol}: ${attempt.status ?? 'no answer'} after ${Math.round(attempt.durationMs ?? 0)} ms ${attempt.errorText ?? ''}</p><pre>${headers}</pre>`
}

const PANES = {
  request: 'wire: the agent sent',
  'upstream-request': 'wire: the hub sent',
  'upstream-response': 'wire: the provider sent',
  response: 'wire: the agent got',
} as const

/** The way that a request takes and its answer comes back, each try together. */
function byWay(one: ExportedBody, other: ExportedBody): number {
  const place = ({ which, attempt }: ExportedBody) =>
    which === 'request'
      ? 0
      : which === 'response'
        ? Number.MAX_SAFE_INTEGER
        : 2 * attempt + (which === 'upstream-request' ? 0 : 1)
  return place(one) - place(other)
}

function wire({ which, attempt, text }: ExportedBody): Markup {
  const left = text.length - SHOWN
  const shown =
    left <= 0
      ? pretty(text)
      : `${text.slice(0, SHOWN / 2)}\n… ${left} characters are left out; the format jsonl has them …\n${text.slice(-SHOWN / 2)}`
  const title = `${PANES[which]}${attempt > 1 ? ` (try ${attempt})` : ''}`
  return html`<details class="wire"><summary>${title}</summary><div class="part"><pre>${shown}</pre></div></details>`
}
