// One theme file: what each terminal is sent, and that nothing but colours ever is.
import { describe, expect, it } from 'vitest'
import { span } from '../../src/tui/line.js'
import { backgroundOf, createTheme, depthOf, signsOf } from '../../src/tui/theme.js'

const line = [span('bad', 'bad'), span(' plain'), { text: 'here', on: 'selected' as const }]

describe('the theme', () => {
  it.each([
    [{ TERM: 'dumb', COLORTERM: 'truecolor' }, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '1' }, 'plain'],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'truecolor'],
    [{ TERM: 'screen-256color' }, '256'],
    [{ TERM: 'xterm' }, '16'],
  ])('knows what %j can show: %s', (env, depth) => {
    expect(depthOf(env)).toBe(depth)
  })

  it.each([
    [{ COLORFGBG: '0;15' }, 'light'],
    [{ COLORFGBG: '15;0' }, 'dark'],
    [{ COLORFGBG: '15;0', AXONHUB_BACKGROUND: 'light' }, 'light'],
    [{}, 'dark'],
  ])('takes the background of %j for %s', (env, background) => {
    expect(backgroundOf(env)).toBe(background)
  })

  it.each([
    [{ LANG: 'en_US.UTF-8' }, 'linux', 'unicode'],
    [{ LANG: 'C' }, 'linux', 'ascii'],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, 'linux', 'ascii'],
    [{ LANG: 'en_US.UTF-8', TERM: 'dumb' }, 'linux', 'ascii'],
    [{}, 'darwin', 'unicode'],
    [{ WT_SESSION: 'x' }, 'win32', 'unicode'],
    [{}, 'win32', 'ascii'],
  ] as const)('draws for %j on %s in %s', (env, platform, signs) => {
    expect(signsOf(env, platform)).toBe(signs)
  })

  it('paints roles in each depth', () => {
    const painted = (['none', 'plain', '16', '256', 'truecolor'] as const).map((depth) =>
      createTheme({ depth, background: 'dark', signs: 'unicode' }).paint(line),
    )
    expect(painted).toMatchInlineSnapshot(`
      [
        "bad plainhere",
        "[1mbad[0m plain[7mhere[0m",
        "[31mbad[0m plain[7mhere[0m",
        "[38;5;203mbad[0m plain[48;5;237mhere[0m",
        "[38;2;244;112;103mbad[0m plain[48;2;45;54;68mhere[0m",
      ]
    `)
  })

  it('has another palette for a light background', () => {
    const [dark, light] = (['dark', 'light'] as const).map((background) =>
      createTheme({ depth: '256', background, signs: 'unicode' }).paint(line),
    )
    expect(dark).not.toBe(light)
  })

  it('sends a terminal without UTF-8 nothing but ASCII, as wide as it was', () => {
    const { paint } = createTheme({ depth: 'none', background: 'dark', signs: 'ascii' })
    expect(paint([span('a → b … 日本 “q” ❤')])).toBe('a > b ~ ???? "q" ?')
  })

  it('stops an escape sequence that nobody made safe before', () => {
    const { paint } = createTheme({ depth: 'none', background: 'dark', signs: 'unicode' })
    expect(paint([span('\u001b]52;c;x\u0007\u202e')])).toBe('␛]52;c;x␇⇄')
  })
})
