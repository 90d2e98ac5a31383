export function refuseRegex(from: string): string | undefined {
  return from === '' ? '' : undefined
}
