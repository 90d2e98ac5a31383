// What a conversion could not carry over. Notes are stored with the request and counted in `AH-Notes`.

export type Note = {
  /** dropped: gone · approximated: close, not the same · emulated: same effect by other means. */
  readonly kind: 'dropped' | 'approximated' | 'emulated'
  /** Where in the asker's body, for example `messages[3].content[0]` or `context_management`. */
  readonly path: string
  /** One short clause for a person. */
  readonly reason: string
}

/** Where something stands, as a note tells it; written only where there is something to note. */
export type Path = () => string

export type Noted<T> = { readonly value: T; readonly notes: readonly Note[] }
