// Before the tests: the pinned agents must be here. On a fresh machine they are installed from the lock file,
// which takes a quarter of a minute; what is installed already is left alone.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, object, parseJson, text } from '../../../src/base/json.js'
import { claudeFolder } from './agents.js'

/** Vitest's global setup. */
export default function install(): void {
  for (const folder of new Set([join(import.meta.dirname, '..'), claudeFolder()])) ensureInstalled(folder)
}

function ensureInstalled(folder: string): void {
  const missing = wanted(folder).filter(([name, version]) => installedVersion(folder, name) !== version)
  if (missing.length === 0) return
  process.stdout.write(
    `Installing ${missing.map(([name, version]) => `${name} ${version}`).join(' and ')} in ${folder}\n`,
  )
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (result.status !== 0) {
    throw new Error(`npm ci in ${folder} ended with ${result.status}:\n${result.stdout}${result.stderr}`)
  }
}

function wanted(folder: string): [string, string][] {
  const dependencies = object(manifest(join(folder, 'package.json')), 'dependencies') ?? {}
  return Object.keys(dependencies).map((name) => [name, text(dependencies, name) ?? ''])
}

function installedVersion(folder: string, name: string): string | undefined {
  return text(manifest(join(folder, 'node_modules', name, 'package.json')), 'version')
}

function manifest(path: string): Parameters<typeof text>[0] {
  try {
    const value = parseJson(readFileSync(path, 'utf8'))
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
