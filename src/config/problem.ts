// What is wrong with a config, and where: one shape for syntax, schema and cross checks.

import { nearest } from '../base/nearest.js'

/** A path into the config: keys and list positions. */
export type ConfigPath = readonly (string | number)[]

/** A finding before its place in the text is known. */
export type Issue = {
  readonly path: ConfigPath
  /** Does it speak of the key at the end of the path, or of its value? */
  readonly at: 'key' | 'value'
  readonly message: string
}

/** A finding with its place. Lines and columns count from 1. */
export type Problem = {
  /** Path of the file, or the name of the environment variable or flag. */
  readonly source: string
  readonly line?: number
  readonly column?: number
  /** Dotted path into the config; empty for the file as a whole. */
  readonly path: string
  readonly message: string
}

/** `channels[0].name` */
export function dotted(path: ConfigPath): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('')
}

/** `config.yml:12:5: server.prot: unknown key; …` */
export function formatProblem(problem: Problem): string {
  const place =
    problem.line === undefined ? problem.source : `${problem.source}:${problem.line}:${problem.column ?? 1}`
  return problem.path === ''
    ? `${place}: ${problem.message}`
    : `${place}: ${problem.path}: ${problem.message}`
}

/** ` (did you mean "x"?)`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const [close] = nearest(word, candidates)
  return close === undefined ? '' : ` (did you mean "${close}"?)`
}

/** By line, then column; findings without a place come last. */
export function byPlace(a: Problem, b: Problem): number {
  const last = Number.MAX_SAFE_INTEGER
  return (a.line ?? last) - (b.line ?? last) || (a.column ?? last) - (b.column ?? last)
}
