// One server-sent event. `data` is the joined text of its data lines.

export type SseEvent = { readonly event?: string; readonly data: string }
