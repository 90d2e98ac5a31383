// The licences of the packages whose code is inside of the bundles: they ask that their words go along.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Licences under which code may be passed on inside of ours. Another one stops the build until somebody has read it. */
const FINE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']
const LINE = '-'.repeat(80)

/** Some packages have a package.json in folders inside, which says only how to load them. */
function manifestOf(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return manifest.name === undefined || manifest.version === undefined
    ? manifestOf(dirname(folder))
    : { folder, ...manifest }
}

function words(folder) {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|notice|copying)/i.test(name))
  return files.map((name) => readFileSync(join(folder, name), 'utf8').trim()).join('\n\n')
}

function notice({ folder, name, version, license, author }) {
  if (!FINE.includes(license))
    throw new Error(`${name} ${version} has the licence ${license}: is it fine to ship it?`)
  const who = typeof author === 'string' ? author : author?.name
  const own = words(folder)
  const told = own === '' ? `Licensed under ${license}${who === undefined ? '' : ` by ${who}`}.` : own
  return `${LINE}\n${name} ${version} (${license})\n\n${told}\n`
}

/** Writes the file that names each package in `folders` with the words of its licence. */
export function notices(folders, file) {
  const manifests = new Map(
    folders.map(manifestOf).map((manifest) => [`${manifest.name} ${manifest.version}`, manifest]),
  )
  const all = [...manifests.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, manifest]) => notice(manifest))
  const head = 'axonhub holds code of these packages. Their licences:\n'
  writeFileSync(file, [head, ...all].join('\n'))
}
