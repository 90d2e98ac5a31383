// A battery for the terminal at hand: a picture where it can show one, else letters. Pure.

import type { Environment } from '../config/paths.js'
import type { QuotaAccount } from '../control/quota-schema.js'

export type Charge = QuotaAccount['charge']

const PICTURES: Readonly<Record<Charge, string>> = {
  full: '🔋',
  medium: '🔋',
  low: '🪫',
  empty: '🪫',
  exhausted: '🪫',
  unknown: '🔲',
}

const LETTERS: Readonly<Record<Charge, string>> = {
  full: '[####]',
  medium: '[### ]',
  low: '[#   ]',
  empty: '[    ]',
  exhausted: '[XXXX]',
  unknown: '[????]',
}

/** Whether the terminal is one that shows pictures: a locale of UTF-8, and no console of old. */
export function hasPictures(env: Environment, platform: NodeJS.Platform): boolean {
  if (env['TERM'] === 'linux' || env['TERM'] === 'dumb') return false
  if (platform === 'win32') return (env['WT_SESSION'] ?? '') !== ''
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return platform === 'darwin' ? !/^(C|POSIX)$/.test(locale) : /utf-?8/i.test(locale)
}

export function battery(charge: Charge, pictures: boolean): string {
  return (pictures ? PICTURES : LETTERS)[charge]
}
