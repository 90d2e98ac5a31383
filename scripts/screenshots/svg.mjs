// A terminal's cells as an SVG: a window with its title, text in a monospace font, every run at its own column, so that a
// viewer's font cannot shift what stands behind it. Light and dark by the viewer's own preference is left to the page.

/** Of a cell, in user units. */
const WIDE = 8.4
const HIGH = 18
const PAD = 14
const TITLE = 34

const LOOKS = {
  dark: { ground: '#0d1117', text: '#e6edf3', bar: '#161b22', edge: '#30363d', title: '#7d8590' },
  light: { ground: '#ffffff', text: '#1f2328', bar: '#f6f8fa', edge: '#d0d7de', title: '#6e7781' },
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const units = (number) => String(Math.round(number * 100) / 100)

/** Block elements are drawn, so that bars have no gaps whatever the font is. */
const BLOCKS = {
  '█': [0, 0, 1, 1],
  '▇': [0, 1 / 8, 1, 7 / 8],
  '▆': [0, 2 / 8, 1, 6 / 8],
  '▅': [0, 3 / 8, 1, 5 / 8],
  '▄': [0, 4 / 8, 1, 4 / 8],
  '▃': [0, 5 / 8, 1, 3 / 8],
  '▂': [0, 6 / 8, 1, 2 / 8],
  '▁': [0, 7 / 8, 1, 1 / 8],
  '▌': [0, 0, 1 / 2, 1],
}

/** Lines of frames are drawn too, so that they meet from row to row. */
const STROKES = {
  '─': `M0 ${HIGH / 2}h${WIDE}`,
  '│': `M${WIDE / 2} 0v${HIGH}`,
  '╭': `M${WIDE / 2} ${HIGH}v${4 - HIGH / 2}q0 -4 4 -4h${WIDE / 2 - 4}`,
  '╮': `M${WIDE / 2} ${HIGH}v${4 - HIGH / 2}q0 -4 -4 -4h${4 - WIDE / 2}`,
  '╰': `M${WIDE / 2} 0v${HIGH / 2 - 4}q0 4 4 4h${WIDE / 2 - 4}`,
  '╯': `M${WIDE / 2} 0v${HIGH / 2 - 4}q0 4 -4 4h${4 - WIDE / 2}`,
}

/** Neighbours of one kind: blocks and strokes alike are one shape, blanks are nothing, the rest is text. */
function pieces(text) {
  return text.match(/█+|▇+|▆+|▅+|▄+|▃+|▂+|▁+|▌+|─+|[│╭╮╰╯]| {2,}|(?:(?! {2})[^█▇▆▅▄▃▂▁▌─│╭╮╰╯])+/gu) ?? []
}

const rectangle = (x, y, width, height, fill) =>
  `<rect x="${units(x)}" y="${units(y)}" width="${units(width)}" height="${units(height)}" fill="${fill}" shape-rendering="crispEdges"/>`

function pieceOf(piece, column, top, run, look) {
  const fill = run.fore ?? look.text
  const x = PAD + column * WIDE
  const block = BLOCKS[piece[0]]
  if (block !== undefined) {
    const [left, down, wide, high] = block
    const width = piece[0] === '▌' ? wide * WIDE : piece.length * WIDE
    return rectangle(x + left, top + down * HIGH, width, high * HIGH, fill)
  }
  const stroke = STROKES[piece[0]]
  if (stroke !== undefined) {
    const path = piece[0] === '─' ? `M0 ${HIGH / 2}h${units(piece.length * WIDE)}` : stroke
    return `<path transform="translate(${units(x)} ${units(top)})" d="${path}" fill="none" stroke="${fill}"/>`
  }
  if (piece.trim() === '') return ''
  const style = `${run.bold ? ' font-weight="bold"' : ''}${run.dim ? ' opacity="0.6"' : ''}`
  const width = units(piece.length * WIDE)
  return `<text x="${units(x)}" y="${units(top + HIGH * 0.74)}" textLength="${width}" lengthAdjust="spacingAndGlyphs" fill="${fill}"${style} xml:space="preserve">${escaped(piece)}</text>`
}

/** Every character is one column wide here: the pictures hold no others. */
function lineOf(runs, top, look) {
  let column = 0
  const grounds = []
  const drawn = []
  for (const run of runs) {
    const width = [...run.text].length
    if (run.back !== undefined)
      grounds.push(rectangle(PAD + column * WIDE, top, width * WIDE, HIGH, run.back))
    let at = column
    for (const piece of pieces(run.text)) {
      drawn.push(pieceOf(piece, at, top, run, look))
      at += [...piece].length
    }
    column += width
  }
  return [...grounds, ...drawn].filter((one) => one !== '').join('')
}

/** `lines`: runs of one look each, as terminal.mjs reads them. */
export function svgOf(lines, { columns, background, title, description }) {
  const look = LOOKS[background]
  const width = units(columns * WIDE + 2 * PAD)
  const height = units(lines.length * HIGH + TITLE + PAD)
  const body = lines
    .map((runs, index) => lineOf(runs, TITLE + index * HIGH, look))
    .filter((one) => one !== '')
    .join('\n')
  const dots = ['#ff5f57', '#febc2e', '#28c840']
    .map((fill, index) => `<circle cx="${PAD + 6 + index * 18}" cy="${TITLE / 2}" r="5.5" fill="${fill}"/>`)
    .join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(description)}">
<title>${escaped(description)}</title>
<rect x="0.5" y="0.5" width="${units(Number(width) - 1)}" height="${units(Number(height) - 1)}" rx="10" fill="${look.ground}" stroke="${look.edge}"/>
${dots}
<g font-family="ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', Consolas, monospace" font-size="14">
<text x="${units(Number(width) / 2)}" y="${TITLE / 2 + 5}" text-anchor="middle" fill="${look.title}">${escaped(title)}</text>
${body}
</g>
</svg>
`
}
