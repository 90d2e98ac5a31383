// Makes a switch over a union total: a new member is a compile error where it is not handled.

export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
