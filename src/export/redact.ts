// Takes secrets out of text that leaves this machine, by the forms that the recorder knows too, and by what the hub says
// of its own keys. Law: JSON stays JSON, and redacting twice changes nothing.

import { removeSecrets } from '../base/secret-forms.js'

export type Redactor = (text: string) => string

/** `home`: the user's own directory, shown as `~`. */
export function redactor(home: string): Redactor {
  const place = home.length > 1 ? new RegExp(`${escaped(home)}(?![\\w-])`, 'g') : undefined
  return (text) => {
    const { text: clean } = removeSecrets(text)
    return place === undefined ? clean : clean.replace(place, '~')
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
