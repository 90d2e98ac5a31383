// The one place that knows colours: what each role looks like, by what the terminal can show and how light it is.
// Pure: the environment is an argument. Law: nothing leaves `paint` that could drive the terminal.

import { type Glyphs, glyphsFor, inAscii } from './glyphs.js'
import type { Ground, Line, Role } from './line.js'
import { isSafe, safeText } from './safe-text.js'
import { widthOf } from './text-width.js'

/** none: no escape sequence at all · plain: bold, dim and reverse alone (NO_COLOR). */
export type Depth = 'none' | 'plain' | '16' | '256' | 'truecolor'

export type Background = 'dark' | 'light'

export type Theme = {
  readonly depth: Depth
  readonly background: Background
  readonly glyphs: Glyphs
  /** The line with its colours, or bare where the terminal has none. */
  readonly paint: (line: Line) => string
}

/** What is looked at in the process's environment. */
export type TerminalEnvironment = Readonly<Record<string, string | undefined>>

type Palette = Readonly<Record<Role, string>> & { readonly ground: Readonly<Record<Ground, string>> }

/** SGR parameters for a foreground and a background. */
type Ink = { readonly fore: (colour: number) => string; readonly back: (colour: number) => string }

const INK_256: Ink = { fore: (colour) => `38;5;${colour}`, back: (colour) => `48;5;${colour}` }

function rgb(colour: number): string {
  return `${colour >> 16};${(colour >> 8) & 0xff};${colour & 0xff}`
}

const INK_TRUE: Ink = { fore: (colour) => `38;2;${rgb(colour)}`, back: (colour) => `48;2;${rgb(colour)}` }

type Tones = Readonly<
  Record<
    | 'dim'
    | 'accent'
    | 'good'
    | 'warn'
    | 'bad'
    | 'info'
    | 'frame'
    | 'codex'
    | 'claude'
    | 'opencode'
    | 'gemini'
    | 'other'
    | 'empty'
    | Ground,
    number
  >
>

const TRUE_TONES: Readonly<Record<Background, Tones>> = {
  dark: {
    dim: 0x7d8590,
    accent: 0x6cb6ff,
    good: 0x6bc46d,
    warn: 0xdaaa3f,
    bad: 0xf47067,
    info: 0x76d9e6,
    frame: 0x444c56,
    codex: 0x8ddb8c,
    claude: 0xf69d50,
    opencode: 0xf28bb5,
    gemini: 0x9aa7ff,
    other: 0xb083f0,
    empty: 0x373e47,
    selected: 0x2d3644,
    bar: 0x1f252c,
  },
  light: {
    dim: 0x6e7781,
    accent: 0x0969da,
    good: 0x1a7f37,
    warn: 0x9a6700,
    bad: 0xcf222e,
    info: 0x1b7c83,
    frame: 0xc4ccd4,
    codex: 0x116329,
    claude: 0xbc4c00,
    opencode: 0xa61e5d,
    gemini: 0x4338ca,
    other: 0x8250df,
    empty: 0xd8dee4,
    selected: 0xd6e8fb,
    bar: 0xeef1f4,
  },
}

const TONES_256: Readonly<Record<Background, Tones>> = {
  dark: {
    dim: 245,
    accent: 75,
    good: 71,
    warn: 179,
    bad: 203,
    info: 80,
    frame: 239,
    codex: 114,
    claude: 215,
    opencode: 211,
    gemini: 147,
    other: 141,
    empty: 237,
    selected: 237,
    bar: 235,
  },
  light: {
    dim: 243,
    accent: 26,
    good: 28,
    warn: 94,
    bad: 160,
    info: 30,
    frame: 250,
    codex: 22,
    claude: 166,
    opencode: 125,
    gemini: 62,
    other: 97,
    empty: 253,
    selected: 189,
    bar: 255,
  },
}

function toned({ fore, back }: Ink, tones: Tones): Palette {
  const bold = (parameters: string) => `1;${parameters}`
  return {
    text: '',
    dim: fore(tones.dim),
    strong: '1',
    accent: fore(tones.accent),
    good: fore(tones.good),
    warn: fore(tones.warn),
    bad: fore(tones.bad),
    info: fore(tones.info),
    frame: fore(tones.frame),
    title: bold(fore(tones.accent)),
    codex: fore(tones.codex),
    claude: fore(tones.claude),
    opencode: fore(tones.opencode),
    gemini: fore(tones.gemini),
    other: fore(tones.other),
    key: bold(fore(tones.accent)),
    bar: fore(tones.accent),
    empty: fore(tones.empty),
    ground: { selected: back(tones.selected), bar: back(tones.bar) },
  }
}

/** The terminal's own sixteen: its user has made them fit its background. */
const SIXTEEN: Palette = {
  text: '',
  dim: '2',
  strong: '1',
  accent: '36',
  good: '32',
  warn: '33',
  bad: '31',
  info: '36',
  frame: '2',
  title: '1;36',
  codex: '32',
  claude: '33',
  opencode: '35',
  gemini: '34',
  other: '35',
  key: '1;36',
  bar: '36',
  empty: '2',
  ground: { selected: '7', bar: '' },
}

const PLAIN: Palette = {
  text: '',
  dim: '2',
  strong: '1',
  accent: '',
  good: '',
  warn: '1',
  bad: '1',
  info: '',
  frame: '2',
  title: '1',
  codex: '',
  claude: '',
  opencode: '',
  gemini: '',
  other: '',
  key: '1',
  bar: '',
  empty: '2',
  ground: { selected: '7', bar: '' },
}

function paletteFor(depth: Exclude<Depth, 'none'>, background: Background): Palette {
  switch (depth) {
    case 'plain':
      return PLAIN
    case '16':
      return SIXTEEN
    case '256':
      return toned(INK_256, TONES_256[background])
    case 'truecolor':
      return toned(INK_TRUE, TRUE_TONES[background])
  }
}

/** What the terminal can show, by its own words. */
export function depthOf(env: TerminalEnvironment): Depth {
  const term = env['TERM'] ?? ''
  if (term === 'dumb') return 'none'
  if ((env['NO_COLOR'] ?? '') !== '') return 'plain'
  if (/truecolor|24bit/i.test(env['COLORTERM'] ?? '') || (env['WT_SESSION'] ?? '') !== '') return 'truecolor'
  return /256/.test(term) ? '256' : '16'
}

/** `AXONHUB_BACKGROUND` says it, or `COLORFGBG`, which some terminals set (`15;0`: white on black); dark when nobody does. */
export function backgroundOf(env: TerminalEnvironment): Background {
  const said = env['AXONHUB_BACKGROUND']
  if (said === 'light' || said === 'dark') return said
  const ground = /;(\d+)$/.exec(env['COLORFGBG'] ?? '')?.[1]
  return ground === '7' || ground === '15' ? 'light' : 'dark'
}

/** Whether the terminal shows more than ASCII. */
export function signsOf(env: TerminalEnvironment, platform: NodeJS.Platform): Glyphs['kind'] {
  if (env['TERM'] === 'dumb' || env['TERM'] === 'linux') return 'ascii'
  if (platform === 'win32') return (env['WT_SESSION'] ?? '') === '' ? 'ascii' : 'unicode'
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  if (platform === 'darwin') return /^(C|POSIX)$/.test(locale) ? 'ascii' : 'unicode'
  return /utf-?8/i.test(locale) ? 'unicode' : 'ascii'
}

export type ThemeChoice = {
  readonly depth: Depth
  readonly background: Background
  readonly signs: Glyphs['kind']
}

export function createTheme({ depth, background, signs }: ThemeChoice): Theme {
  const palette = depth === 'none' ? undefined : paletteFor(depth, background)
  const shown = (text: string) => {
    const safe = isSafe(text) ? text : safeText(text)
    return signs === 'ascii' ? inAscii(safe, widthOf) : safe
  }
  return {
    depth,
    background,
    glyphs: glyphsFor(signs),
    paint(spans) {
      let painted = ''
      for (const { text, role = 'text', on } of spans) {
        const codes =
          palette === undefined ? '' : join(palette[role], on === undefined ? '' : palette.ground[on])
        painted += codes === '' ? shown(text) : `\u001b[${codes}m${shown(text)}\u001b[0m`
      }
      return painted
    },
  }
}

function join(one: string, other: string): string {
  return one === '' || other === '' ? one + other : `${one};${other}`
}

/** The theme for the terminal that the environment describes. */
export function themeFor(env: TerminalEnvironment, platform: NodeJS.Platform): Theme {
  return createTheme({ depth: depthOf(env), background: backgroundOf(env), signs: signsOf(env, platform) })
}
