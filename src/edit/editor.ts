// What a lossless editor of one file format can do. Law: it changes the planned paths and no other byte.
import type { JsonValue } from '../base/json.js'

export type EditPath = readonly string[]

export type Edit = {
  readonly path: EditPath
  /** The value to stand at `path`; undefined removes it. */
  readonly value: JsonValue | undefined
  /** Exact text to write for `value`, where it must come back as somebody had spelled it. */
  readonly source?: string
}

export type ParsedDocument = {
  /** The value at `path`; a table reads as an object. Dates and the like read as their text. */
  get(path: EditPath): JsonValue | undefined
  /** The exact text of the value at `path`, when it stands as one piece in the file. */
  source(path: EditPath): string | undefined
  /**
   * What the file means, without how it is written: JSON-encoded path → canonical scalar. Empty containers
   * count as a scalar; others show by what they hold. Two texts with equal leaves say the same.
   */
  leaves(): ReadonlyMap<string, string>
}

export type LosslessEditor = {
  readonly format: 'toml' | 'json' | 'env'
  /** The content of a file that is created. */
  readonly emptyText: string
  /** Throws HubError `config-invalid` with file, line and column when the text cannot be read. */
  parse(text: string, file: string): ParsedDocument
  /** The text with one edit applied, not yet checked; use `planEdits`. */
  apply(text: string, edit: Edit, file: string): string
}

/** The leaf of a container that holds nothing. */
export const EMPTY_TABLE = 'table'
export const EMPTY_ARRAY = 'array'
