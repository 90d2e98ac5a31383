// How a channel pays, in words and without the secret.

import { describeReference } from '../secrets/reference.js'
import type { Channel } from './channels.js'

export function credentialWords({ credential }: Pick<Channel, 'credential'>): string {
  switch (credential.type) {
    case 'client':
      return "the agent's login"
    case 'login':
      return `the login in ${credential.login === 'codex' ? "Codex's" : "Claude Code's"} file`
    case 'secret':
      return credential.references.map(describeReference).join(', ')
    case 'none':
      return 'no key'
  }
}
