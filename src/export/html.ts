// A conversation as one page that can be attached to a report. Law: what agents, tools and models said is text and
// never markup; the page's own script is the only one that the page allows, by its hash.
import { createHash } from 'node:crypto'
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

/** Control characters too: someone may cat the page to a terminal. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '\ufffd')
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
  const { usage } = trace
  const input = usage.inputFresh + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h
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
<header>
<h1>${trace.title ?? trace.id}</h1>
<div class="facts">${trace.agent} ${trace.agentVersion ?? ''} · ${date(trace.startedAt)} · ${trace.requests} requests, ${trace.failed} failed · ${trace.models.join(', ')} · ${input} tokens in (${usage.cacheRead} from cache), ${usage.output} out${trace.cost > 0 ? ` · $${trace.cost.toFixed(4)}` : ''} · trace ${trace.id} · axonhub ${version}; secrets are removed</div>
<input type="search" placeholder="Search (press /)" aria-label="Search"> <span id="found" class="facts" role="status"></span>
</header>
<main>
${turns.map(
  (turn) => html`<h2>Turn ${turn.number} <span class="who">${date(turn.startedAt)}</span></h2>
${turn.requests.map((request) => section(request, longest))}`,
)}
</main>
<script>${{ markup: SCRIPT }}</script>
</body>
</html>
`.markup
}

function date(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').slice(0, 19)
}

function section({ view, bodies, asked, answered }: ExportedRequest, longest: number): Markup {
  const bad = view.outcome === 'failed' || view.outcome === 'interrupted'
  return html`<section class="request${bad ? ' failed' : ''}">
<div class="facts">${view.purpose}${view.subagent === null ? '' : ` of subagent ${view.subagent}`} · ${view.modelAsked} → ${view.modelUsed ?? 'nobody'} on ${view.channel ?? '–'} · ${view.outcome} ${view.status ?? ''} · ${figures(view)}</div>
<div class="bar"><svg width="100%" height="5" aria-hidden="true"><rect width="${Math.round(((view.durationMs ?? 0) / longest) * 100)}%" height="5" fill="currentColor"/></svg></div>
${view.errorText === null ? NOTHING : html`<p class="text">${view.errorCode ?? 'error'}: ${view.errorText}</p>`}
${asked.map(turnOf)}
${answered.map((part) => partOf(part, 'assistant'))}
${folded('Decision, attempts, notes', details(view))}
${bodies.map(wire)}
</section>
`
}

function figures({ durationMs, firstTokenMs, usage, cost, id }: RequestView): string {
  const took = durationMs === null ? 'no end' : `${Math.round(durationMs)} ms`
  const first = firstTokenMs === null ? '' : `, first token after ${Math.round(firstTokenMs)} ms`
  const tokens =
    usage === null
      ? ''
      : ` · ${usage.inputFresh} fresh, ${usage.cacheRead} cached, ${usage.cacheWrite5m + usage.cacheWrite1h} written, ${usage.output} out`
  return `${took}${first}${tokens}${cost === null ? '' : ` · $${cost.toFixed(4)}`} · ${id}`
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
      return html`<div class="part tool"><div class="who">calls ${part.name}</div><pre>${part.input}</pre></div>`
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
  request: 'Wire: the agent sent',
  'upstream-request': 'Wire: the hub sent',
  'upstream-response': 'Wire: the provider sent',
  response: 'Wire: the agent got',
} as const

function wire({ which, attempt, text }: ExportedBody): Markup {
  const left = text.length - SHOWN
  const shown =
    left <= 0
      ? text
      : `${text.slice(0, SHOWN / 2)}\n… ${left} characters are left out; the format jsonl has them …\n${text.slice(-SHOWN / 2)}`
  return folded(`${PANES[which]}${attempt > 1 ? ` (try ${attempt})` : ''}`, html`<pre>${shown}</pre>`)
}
