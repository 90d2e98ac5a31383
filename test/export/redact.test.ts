import { describe, expect, it } from 'vitest'
import { REMOVED } from '../../src/base/secret-forms.js'
import { redactor } from '../../src/export/redact.js'

const hex = (length: number) => '0123456789abcdef'.repeat(8).slice(0, length)
const mixed = (length: number) => 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z'.repeat(4).slice(0, length)

/** Made here and never valid; joined so that no scanner takes this file for a leak. */
const SECRETS: Record<string, string> = {
  'a key of OpenAI': `sk-${mixed(40)}`,
  'a project key of OpenAI': `sk-proj-${mixed(60)}`,
  'a key of Anthropic': `sk-ant-api03-${mixed(60)}`,
  'a key of OpenRouter': `sk-or-v1-${hex(64)}`,
  'a key of Groq': `gsk_${mixed(48)}`,
  'a key of xAI': `xai-${mixed(60)}`,
  'a key of Nvidia': `nvapi-${mixed(60)}`,
  'a key of Hugging Face': `hf_${mixed(34)}`,
  'a key of Stripe': `sk_live_${mixed(24)}`,
  'a key of Google': `AIza${mixed(35)}`,
  'a token of Google': `ya29.${mixed(60)}`,
  'a key of the hub': `ah-${hex(48)}`,
  'a token of GitHub': `ghp_${mixed(36)}`,
  'a fine-grained token of GitHub': `github_pat_${mixed(60)}`,
  'a token of GitLab': `glpat-${mixed(20)}`,
  'a token of npm': `npm_${mixed(36)}`,
  'a token of PyPI': `pypi-${mixed(60)}`,
  'a token of Slack': `xoxb-${mixed(40)}`,
  'an app token of Slack': `xapp-1-${mixed(40)}`,
  'a key id of AWS': `AKIA${'ABCDEFGHIJ234567'}`,
  'a key of SendGrid': `SG.${mixed(22)}.${mixed(43)}`,
  'a token in JSON Web form': `eyJ${mixed(20)}.eyJ${mixed(40)}.${mixed(43)}`,
  'a bearer token': `Bearer ${mixed(30)}`,
  'a basic credential': `Basic ${mixed(24)}==`,
  'a private key': `-----BEGIN RSA ${'PRIVATE'} KEY-----\n${mixed(60)}\n-----END RSA PRIVATE KEY-----`,
  'a password in a URL': `https://user:${mixed(12)}@host.example/path`,
  'a database with a password': `postgres://admin:${mixed(12)}@db:5432/app`,
  'a key in a query': `https://host.example/x?key=${mixed(20)}&a=b`,
  'a signature in a query': `https://host.example/x?a=b&sig=${mixed(20)}`,
  'an access token in a query': `https://host.example/cb?access_token=${mixed(20)}`,
  'a line of an environment file': `API_KEY=${mixed(20)}`,
  'a secret key of AWS': `aws_secret_access_key = ${mixed(40)}`,
  'a password in YAML': `password: ${mixed(12)}`,
  'a client secret in JSON': JSON.stringify({ client_secret: mixed(20) }),
  'a refresh token in JSON in JSON': JSON.stringify({ body: JSON.stringify({ refresh_token: mixed(30) }) }),
  'a passphrase': `passphrase='${mixed(14)}'`,
  'an auth token': `auth-token: ${mixed(20)}`,
}

const redact = redactor('/home/someone')

describe('redaction', () => {
  it.each(Object.entries(SECRETS))('removes %s, wherever it stands, and JSON stays JSON', (_name, secret) => {
    for (const text of [
      secret,
      `before ${secret} after`,
      JSON.stringify({ text: `a\n${secret}\nb`, other: 1 }),
    ]) {
      const clean = redact(text)
      expect(clean).toContain(REMOVED)
      for (const piece of secret.match(/[aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z]{12,}|[0-9a-f]{24,}/g) ?? [])
        expect(clean).not.toContain(piece)
      expect(redact(clean)).toBe(clean)
    }
    const inside = redact(JSON.stringify({ text: `a ${secret} b`, other: 1 }))
    expect(JSON.parse(inside)).toMatchObject({ other: 1 })
  })

  it('leaves alone what is no secret', () => {
    const text =
      'The token count is 1234. password: see the vault? No: "api_key": "" and sk-learn, key-value, Bearer tokens, hf_hub.'
    expect(redact(text)).toBe(text)
  })

  it('shows the home directory as ~', () => {
    expect(redact('in /home/someone/work, not /home/someone-else')).toBe('in ~/work, not /home/someone-else')
  })
})
