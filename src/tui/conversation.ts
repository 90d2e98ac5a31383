// What is said in a conversation, in the few shapes that a screen shows; the reader of bodies is given from outside.

/** One thing that was said. `id` tells calls and their results apart; texts are as they came, not yet safe to show. */
export type Said =
  | { readonly type: 'user'; readonly text: string }
  | { readonly type: 'system'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'call'; readonly id: string; readonly name: string; readonly input: string }
  | { readonly type: 'result'; readonly id: string; readonly text: string; readonly failed: boolean }
  /** A picture, a document, or a block that only the provider understands. */
  | { readonly type: 'other'; readonly text: string }

/** What a request asked, its whole history included, and what it was answered. */
export type Conversation = { readonly asked: readonly Said[]; readonly answered: readonly Said[] }

/** An answer that is still coming: bytes in, all that was said so far out. */
export type AnswerListener = {
  push(bytes: Uint8Array): void
  said(): readonly Said[]
}

/** Reads bodies in any protocol. Never throws: what cannot be read is empty. */
export type ConversationReader = {
  asked(protocol: string, body: Uint8Array): readonly Said[]
  answered(protocol: string, request: Uint8Array, body: Uint8Array): readonly Said[]
  listen(protocol: string): AnswerListener
}
