// A value while it is filled. A spread for each field that may be absent costs more than all the other fields together.

export type Draft<T> = { -readonly [K in keyof T]: T[K] }
