// The look and the keys of the exported page. Both stand in the page itself: it opens offline and asks nobody.

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfbf9; --card: #ffffff; --ink: #1c1d21; --soft: #63666e; --line: #e2e2dd; --shade: #f3f3ef;
  --user: #2f5fd0; --user-shade: #eef3ff; --tool: #9a5b00; --good: #2b7a3f; --bad: #c02626; --bar: #9db7f0; --hit: #ffe27a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #141518; --card: #1b1d21; --ink: #e6e6e3; --soft: #9a9ea8; --line: #2e3138; --shade: #22252a;
    --user: #8fb0ff; --user-shade: #1d2740; --tool: #e0a45c; --good: #7cc98e; --bad: #ff8a80; --bar: #3f5fa8; --hit: #7a6200;
  }
}
* { box-sizing: border-box }
html { scroll-padding-top: 8.5rem }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, "Segoe UI", sans-serif }
header { position: sticky; top: 0; z-index: 2; background: var(--paper); border-bottom: 1px solid var(--line) }
.inner { max-width: 74rem; margin: 0 auto; padding: .7rem 1.2rem }
h1 { font-size: 1.15rem; line-height: 1.3; margin: 0; overflow-wrap: anywhere; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden }
h2 { font-size: .95rem; margin: 2rem 0 .6rem; display: flex; gap: .6rem; align-items: baseline }
.facts, .who, summary, .time { color: var(--soft); font-size: .82rem }
.facts span { display: inline-block; max-width: 100%; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; vertical-align: bottom } header .facts { max-height: 3.1em; overflow: hidden } .facts span:not(:last-child)::after { content: " ·" }
.find { display: flex; gap: .6rem; align-items: center; margin-top: .5rem }
.find input { flex: 1; min-width: 0; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .45rem; padding: .32rem .6rem }
.find input:focus-visible, .request:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--user); outline-offset: 1px }
.page { max-width: 74rem; margin: 0 auto; padding: 0 1.2rem 4rem; display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 1.6rem }
nav { position: sticky; top: 8.2rem; align-self: start; max-height: calc(100vh - 9rem); overflow: auto; padding-top: 2rem; font-size: .85rem }
nav a { display: block; color: var(--soft); text-decoration: none; padding: .22rem .5rem; border-left: 2px solid var(--line); overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
nav a:hover { color: var(--ink); border-left-color: var(--user) }
.request { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; margin: 0 0 .8rem; overflow: hidden }
.request.failed { border-color: var(--bad) }
.request > .top { padding: .5rem .9rem .45rem; background: var(--shade); border-bottom: 1px solid var(--line) }
.top .way { display: flex; flex-wrap: wrap; gap: .1rem .6rem; align-items: baseline; font-size: .88rem; overflow-wrap: anywhere }
.way b { font-weight: 600 } .ok { color: var(--good) } .not { color: var(--bad) }
.bar { display: block; width: 100%; height: 3px; margin-top: .4rem; color: var(--bar) }
.body { padding: .5rem .9rem .8rem }
.part { margin: .55rem 0 }
.part.user { background: var(--user-shade); border-radius: .5rem; padding: .45rem .75rem; border-left: 3px solid var(--user) }
.part.tool { border-left: 3px solid var(--tool); padding-left: .75rem }
.part.tool .who { color: var(--tool); font-weight: 600 }
pre, .text { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
pre { font: 12.5px/1.5 ui-monospace, "Cascadia Mono", Menlo, monospace; max-height: 32rem; overflow: auto }
details { margin: .35rem 0 } details > .part { padding: .45rem .75rem; background: var(--shade); border-radius: .4rem; margin: .3rem 0 0 }
summary { cursor: pointer; width: fit-content; border-radius: .3rem; padding: 0 .2rem }
summary:hover { color: var(--ink) }
.error { color: var(--bad) }
kbd { font: inherit; font-size: .78rem; border: 1px solid var(--line); border-radius: .25rem; padding: 0 .3rem; background: var(--card) }
.keys { color: var(--soft); font-size: .78rem; white-space: nowrap }
::highlight(found) { background: var(--hit) }
::highlight(here) { background: var(--user); color: var(--card) }
[hidden] { display: none !important }
@media (max-width: 60rem) { .page { grid-template-columns: minmax(0, 1fr) } nav, .keys { display: none } }
@media (max-width: 36rem) { .inner, .page { padding-left: .7rem; padding-right: .7rem } header .facts { max-height: 1.55em } .body, .request > .top { padding-left: .65rem; padding-right: .65rem } }
@media print { header { position: static } .find, nav { display: none } .page { display: block } pre { max-height: none } .request { break-inside: avoid-page } }
`

/**
 * Search: requests that do not hold the words are hidden, folds that hide them open, each place is marked. Keys: / search,
 * n and N the next place, j and k the next request, Enter opens and closes what is folded in it, Escape shows all again.
 */
export const SCRIPT = `
'use strict';
const box = document.querySelector('input'), told = document.querySelector('#found');
const requests = [...document.querySelectorAll('.request')];
const texts = requests.map((node) => node.textContent.toLowerCase());
const marks = 'highlights' in CSS;
const most = 2000;
let places = [], at = -1;

// What was said comes first; the wire repeats it, and counts where only it has the words.
function placesIn(root, words) {
  const said = [], wire = [];
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node && places.length + said.length < most; node = walk.nextNode()) {
    const text = node.data.toLowerCase();
    for (let from = text.indexOf(words); from >= 0; from = text.indexOf(words, from + words.length)) {
      const range = new Range();
      range.setStart(node, from); range.setEnd(node, Math.min(from + words.length, node.length));
      (node.parentElement.closest('.wire') ? wire : said).push(range);
      if (wire.length > most) break;
    }
  }
  return said.length > 0 ? said : wire;
}
function search() {
  const words = box.value.trim().toLowerCase();
  let shown = 0;
  places = []; at = -1;
  requests.forEach((node, index) => {
    const is = texts[index].includes(words);
    node.hidden = !is;
    if (is) shown++;
    for (const fold of node.querySelectorAll('details')) fold.open = false;
    if (!is || words === '') return;
    for (const range of placesIn(node, words)) { places.push(range); unfold(range); }
  });
  for (const turn of document.querySelectorAll('h2')) {
    let next = turn.nextElementSibling, any = false;
    for (; next && next.tagName !== 'H2'; next = next.nextElementSibling) any ||= !next.hidden;
    turn.hidden = !any;
  }
  if (marks) { CSS.highlights.set('found', new Highlight(...places)); CSS.highlights.delete('here'); }
  tell(shown);
  if (places.length > 0) step(1);
}
function unfold(range) {
  for (let up = range.startContainer.parentElement; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true;
}
function tell(shown) {
  const many = places.length >= most ? most + '+' : places.length;
  told.textContent = box.value.trim() === '' ? '' :
    places.length === 0 ? 'nothing found' : (at + 1) + '/' + many + ' in ' + shown + ' of ' + requests.length + ' requests';
}
function step(by) {
  if (places.length === 0) return;
  at = (at + by + places.length) % places.length;
  const range = places[at];
  if (marks) CSS.highlights.set('here', new Highlight(range));
  unfold(range);
  range.startContainer.parentElement.scrollIntoView({ block: 'center' });
  tell(requests.filter((node) => !node.hidden).length);
}
function move(by) {
  const seen = requests.filter((node) => !node.hidden);
  const now = seen.indexOf(document.activeElement.closest ? document.activeElement.closest('.request') : null);
  const next = seen[now < 0 ? (by > 0 ? 0 : seen.length - 1) : Math.min(seen.length - 1, Math.max(0, now + by))];
  if (next) { next.focus({ preventScroll: true }); next.scrollIntoView({ block: 'start' }); }
}
function fold(node) {
  const folds = [...node.querySelectorAll('details')];
  const open = folds.some((one) => !one.open);
  for (const one of folds) one.open = open;
}
let wait;
box.addEventListener('input', () => { clearTimeout(wait); wait = setTimeout(search, 120); });
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') { box.value = ''; search(); box.blur(); return; }
  if (document.activeElement === box) {
    if (event.key === 'Enter') { event.preventDefault(); clearTimeout(wait); if (at < 0) search(); else step(event.shiftKey ? -1 : 1); box.blur(); }
    return;
  }
  const acts = { '/': () => { box.focus(); box.select(); }, n: () => step(1), N: () => step(-1), j: () => move(1), k: () => move(-1) };
  if (event.key in acts) { event.preventDefault(); acts[event.key](); }
  else if (event.key === 'Enter' && requests.includes(document.activeElement)) { event.preventDefault(); fold(document.activeElement); }
});
`
