// How a name is matched: mapping sources (`from` of a profile's mapping) and globs (`models` of a channel).
// The mapping rule: equal to the name · `*` · a regular expression over the whole name when it has one of *+?[](){}|^$\

/** Names longer than this are never given to a regular expression. */
export const LONGEST_MATCHED_NAME = 512

export type PatternKind = 'exact' | 'any' | 'regex'

/** A dot alone does not make a regular expression: model names have dots. */
export function patternKind(from: string): PatternKind {
  if (from === '*') return 'any'
  return /[*+?[\](){}|^$\\]/.test(from) ? 'regex' : 'exact'
}

/** The source and flags of a regex mapping; a leading `(?i)` makes it blind to case. */
export function regexParts(from: string): { readonly source: string; readonly flags: string } {
  const blind = from.startsWith('(?i)')
  return { source: blind ? from.slice(4) : from, flags: blind ? 'i' : '' }
}

/** The regular expression over the whole name. Throws SyntaxError when it cannot be read. */
export function wholeNameRegex(from: string): RegExp {
  const { source, flags } = regexParts(from)
  // Checked alone first: a stray bracket could otherwise close the group that is put around it.
  new RegExp(source, flags)
  return new RegExp(`^(?:${source})$`, flags)
}

/** Does the name fit the glob? `*` stands for any text, `?` for one character; all else is literal. Linear time. */
export function globMatches(glob: string, name: string): boolean {
  let at = 0
  let inGlob = 0
  let star = -1
  let resume = 0
  while (at < name.length) {
    if (glob[inGlob] === '*') {
      star = inGlob++
      resume = at
    } else if (inGlob < glob.length && (glob[inGlob] === '?' || glob[inGlob] === name[at])) {
      inGlob++
      at++
    } else if (star >= 0) {
      inGlob = star + 1
      at = ++resume
    } else return false
  }
  while (glob[inGlob] === '*') inGlob++
  return inGlob === glob.length
}

export function isGlob(text: string): boolean {
  return /[*?]/.test(text)
}
