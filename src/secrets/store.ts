// Where secrets are kept: one interface over the system's keychain and a file. A value never leaves by an error or log.

export type SecretStore = {
  /** Which of the two is in use. */
  readonly kind: 'keychain' | 'file'
  /** For `doctor`: where secrets lie and, when it is not the keychain, why not. */
  readonly description: string
  /** Undefined when there is none of this name. */
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
  /** True when there was one. */
  delete(name: string): Promise<boolean>
}

/** As `replaceIfUnchanged` of edit/atomic-write.ts; given from outside, since this room stands on `base` alone. */
export type ReplaceFile = (
  path: string,
  content: string,
  expected: Uint8Array | null,
  options: { readonly mode: number },
) => Promise<boolean>
