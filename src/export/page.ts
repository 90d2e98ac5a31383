// The look and the search of the exported page. Both stand in the page itself: it opens offline and asks nobody.

export const STYLE = `
:root { color-scheme: light dark; --line: #8885; --soft: #8882; --mark: #d97706; }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem }
header { position: sticky; top: 0; background: Canvas; padding: .5rem 0; border-bottom: 1px solid var(--line); z-index: 1 }
h1 { font-size: 1.2rem; margin: 0 } h2 { font-size: 1rem; margin: 1.5rem 0 .5rem }
input { font: inherit; width: 100%; padding: .3rem .5rem; margin-top: .4rem }
.facts, summary, .who { color: GrayText; font-size: .85rem }
.request { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .8rem; margin: .6rem 0 }
.request.failed { border-color: #dc2626 }
.part { margin: .4rem 0; padding-left: .7rem; border-left: 3px solid var(--soft) }
.user { border-left-color: #2563eb } .assistant { border-left-color: #16a34a } .tool { border-left-color: var(--mark) }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font: 13px/1.45 ui-monospace, monospace }
p.text { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
summary { cursor: pointer } .bar { background: var(--soft); border-radius: 1rem; margin: .3rem 0; line-height: 0; color: #2563eb }
[hidden] { display: none }
@media print { header { position: static } input { display: none } }
`

/** Hides the requests that do not hold what is searched, and opens what hides it. `/` goes to the search. */
export const SCRIPT = `
const box = document.querySelector('input'), told = document.querySelector('#found');
const all = [...document.querySelectorAll('.request')].map((node) => [node, node.textContent.toLowerCase()]);
function search() {
  const words = box.value.trim().toLowerCase();
  let found = 0;
  for (const [node, text] of all) {
    const is = text.includes(words);
    node.hidden = !is;
    if (is) found++;
    for (const fold of node.querySelectorAll('details'))
      fold.open = words !== '' && fold.textContent.toLowerCase().includes(words);
  }
  told.textContent = words === '' ? '' : found + ' of ' + all.length + ' requests';
}
box.addEventListener('input', search);
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== box) { event.preventDefault(); box.focus(); }
  if (event.key === 'Escape') { box.value = ''; search(); }
});
`
