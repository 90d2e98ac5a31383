// Built code finds what comes with it, wherever the build puts a module.
import { existsSync, readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { packageFile } from '../../src/base/package-file.js'

const root = join(import.meta.dirname, '..', '..')

it('finds the files of the package from the sources', () => {
  for (const path of ['package.json', 'templates/config.yml', 'dist/program/store-worker.js'])
    expect(existsSync(packageFile(path))).toBe(true)
})

it('finds the same ones from the build, where all files lie as deep as the sources’ rooms', () => {
  expect(fileURLToPath(packageFile('package.json'))).toBe(join(root, 'package.json'))
  const built = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
  expect(built.filter((name) => name.endsWith('.js') && name.split(sep).length !== 2)).toEqual([])
})
