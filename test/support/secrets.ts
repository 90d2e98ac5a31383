// Made-up secrets of the kinds that people paste into conversations and that tools print. `secret` is what must not be found.

const letters = (length: number) => 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zC'.repeat(5).slice(0, length)
const hex = (length: number) => '0123456789abcdef'.repeat(8).slice(3, 3 + length)
const upper = (length: number) => 'A1B2C3D4E5F6G7H8'.repeat(4).slice(0, length)

export type MadeSecret = { readonly kind: string; readonly secret: string; readonly text: string }

const alone = (kind: string, secret: string): MadeSecret => ({ kind, secret, text: secret })
const inside = (kind: string, secret: string, text: (secret: string) => string): MadeSecret => ({
  kind,
  secret,
  text: text(secret),
})

export const SECRETS: readonly MadeSecret[] = [
  alone('Anthropic key', `sk-ant-api03-${letters(80)}-AA`),
  alone('Anthropic login', `sk-ant-oat01-${letters(70)}`),
  alone('OpenAI key', `sk-proj-${letters(60)}`),
  alone('OpenRouter key', `sk-or-v1-${hex(64)}`),
  alone('DeepSeek key', `sk-${hex(32)}`),
  alone('key of the hub', `ah-${hex(48)}`),
  alone('Google API key', `AIzaSy${letters(33)}`),
  alone('Google access token', `ya29.${letters(60)}`),
  alone('Google client secret', `GOCSPX-${letters(28)}`),
  alone('Groq key', `gsk_${letters(52)}`),
  alone('xAI key', `xai-${letters(80)}`),
  alone('NVIDIA key', `nvapi-${letters(64)}`),
  alone('Hugging Face token', `hf_${letters(34)}`),
  alone('GitHub token', `ghp_${letters(36)}`),
  alone('GitHub fine-grained token', `github_pat_${letters(22)}_${letters(59)}`),
  alone('GitLab token', `glpat-${letters(20)}`),
  alone('npm token', `npm_${letters(36)}`),
  alone('PyPI token', `pypi-AgEIcHlwaS5vcmc${letters(80)}`),
  alone('Slack token', `xoxb-123456789012-1234567890123-${letters(24)}`),
  inside(
    'Slack hook',
    `T0123ABCD/B0123ABCD/${letters(24)}`,
    (it) => `https://hooks.slack.com/services/${it}`,
  ),
  alone('Stripe key', `sk_live_${letters(24)}`),
  alone('AWS access key', `AKIA${upper(16)}`),
  inside('AWS secret key', letters(40), (it) => `AWS_SECRET_ACCESS_KEY=${it}`),
  inside('AWS secret key in a file', letters(40), (it) => `aws_secret_access_key = ${it}`),
  inside(
    'Azure shared access signature',
    `${letters(40)}%3D`,
    (it) => `https://x.blob.core.windows.net/c?sv=2024&sig=${it}`,
  ),
  inside(
    'Azure storage key',
    `${letters(80)}==`,
    (it) => `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${it};`,
  ),
  alone('Azure client secret', `abc8Q~${letters(34)}`),
  alone('JSON web token', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.${letters(43)}`),
  inside('bearer token', letters(40), (it) => `Authorization: Bearer ${it}`),
  inside('basic login', 'dXNlcjpwYXNzd29yZDEyMw==', (it) => `Authorization: Basic ${it}`),
  inside('header with a key', letters(32), (it) => `x-api-key: ${it}`),
  inside('cookie', `session=${letters(32)}; csrf=${letters(16)}`, (it) => `Cookie: ${it}`),
  alone(
    'private key',
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${letters(64)}\n${letters(64)}\n-----END OPENSSH PRIVATE KEY-----`,
  ),
  inside('Postgres login', 'pg-Passw0rd', (it) => `postgres://app:${it}@db.internal:5432/app`),
  inside('MongoDB login', 'm0ng0-Passw', (it) => `mongodb+srv://app:${it}@cluster0.example.net/`),
  inside('Redis login', 'r3dis-Passw', (it) => `redis://:${it}@cache:6379/0`),
  inside('login in an address', 'hunter2-hunter2', (it) => `https://me:${it}@example.com/repo.git`),
  inside('key in an address', letters(24), (it) => `https://example.com/v1/models?alt=json&key=${it}`),
  inside('SQL Server login', 'S3rver-Passw0rd', (it) => `Server=db;Database=x;User Id=sa;Password=${it};`),
  inside('password in JSON', 'correct-h0rse-battery', (it) => `{"user":"me","password":"${it}"}`),
  inside('password in the environment', 'pgp4ssword', (it) => `PGPASSWORD=${it} psql -h db`),
  inside('client secret', letters(30), (it) => `client_secret: "${it}"`),
  alone('SendGrid key', `SG.${letters(22)}.${letters(43)}`),
  alone('Telegram bot token', `1234567890:AA${letters(33)}`),
  alone('Vault token', `hvs.${letters(90)}`),
  alone('DigitalOcean token', `dop_v1_${hex(64)}`),
]
