// What a conversion costs without a hub around it: µs for each step of a request and for the events of an answer. Builds that
// are named together take turns, so that whatever else the machine does meets all of them.
// `node scripts/bench/convert.mjs [--only messages>chat,…] [--steps decode,…] [--bytes N] [--events N] [BUILD …]`, BUILD: other clones.

import { Buffer } from 'node:buffer'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { PROTOCOLS, requestBody, streamEvents } from './bodies.mjs'

const OWN = new URL('../../', import.meta.url)
const MODEL = 'bench-model'
const SHORT = { 'anthropic-messages': 'messages', 'openai-responses': 'responses', 'openai-chat': 'chat' }

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    steps: { type: 'string' },
    bytes: { type: 'string', default: '56000' },
    events: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '7' },
    ms: { type: 'string', default: '150' },
  },
})

/** The functions of a build that are measured. */
async function opened(root) {
  const load = (path) => import(new URL(`build/${path}.js`, root).href)
  const [{ codecOf }, { translateRequest, translateStream }, { convertMachine }, depth] = await Promise.all([
    load('protocol/registry'),
    load('protocol/translate'),
    load('daemon/stream-machine'),
    load('protocol/json-depth'),
  ])
  return { codecOf, translateRequest, translateStream, convertMachine, refuseDeep: depth.refuseDeepRequest }
}

function steps(build, from, to) {
  const codecs = { from: build.codecOf(from), to: build.codecOf(to) }
  const { body } = requestBody({ protocol: from, model: MODEL, stream: true, bytes: Number(flags.bytes) })
  const answer = Buffer.from(streamEvents(to, MODEL, Number(flags.events)).join(''))
  // As an agent's turns: the same tools and system text, parsed anew for each request.
  const parsed = () => JSON.parse(body.toString('utf8'))
  const translated = (json) =>
    build.translateRequest({ ...codecs, body: json, model: MODEL, dialect: {}, footprint: 'bench' })
  const one = translated(parsed())
  const options = {
    translated: one,
    requestId: 'req_bench',
    newId: (prefix) => `${prefix}bench`,
    nowSeconds: 1_760_000_000,
    ...(from === 'openai-responses' ? { agent: 'codex' } : {}),
  }
  const read = (pieces) => {
    const machine = build.convertMachine(build.translateStream(options))
    let length = 0
    for (const piece of pieces) for (const out of machine.push(piece)) length += out.length
    for (const out of machine.end()) length += out.length
    return length
  }
  const blocks = streamEvents(to, MODEL, Number(flags.events)).map((event) => Buffer.from(event))
  const fresh = parsed()
  return {
    parse: parsed,
    deep: () => build.refuseDeep(body),
    decode: () => codecs.from.server.decodeRequest(fresh),
    translate: () => translated(fresh),
    stringify: () => Buffer.from(JSON.stringify(one.wire.body), 'utf8'),
    request: () => Buffer.from(JSON.stringify(translated(parsed()).wire.body), 'utf8'),
    'answer at once': () => read([answer]),
    'answer by event': () => read(blocks),
  }
}

const cpu = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** µs of CPU of one call, V8's helper threads included: the mean over `ms` of CPU. */
function timed(call, ms) {
  const start = cpu()
  let count = 0
  let spent = 0
  while (spent < ms * 1000) {
    for (let turn = 0; turn < 4; turn += 1) call()
    count += 4
    spent = cpu() - start
  }
  return spent / count
}

const median = (list) => list.toSorted((left, right) => left - right)[Math.floor(list.length / 2)]
const roots = [OWN, ...positionals.map((path) => pathToFileURL(`${resolve(path)}/`))]
const builds = await Promise.all(roots.map(opened))
const wanted = flags.only?.split(',')
const isWanted = (step) => flags.steps === undefined || flags.steps.split(',').includes(step)
for (const from of PROTOCOLS) {
  for (const to of PROTOCOLS.filter((other) => other !== from)) {
    const name = `${SHORT[from]}>${SHORT[to]}`
    if (wanted !== undefined && !wanted.includes(name)) continue
    const columns = builds.map((build) => steps(build, from, to))
    process.stdout.write(`${name}\n`)
    for (const step of Object.keys(columns[0]).filter(isWanted)) {
      const told = columns.map(() => [])
      for (let round = 0; round <= Number(flags.rounds); round += 1)
        columns.forEach((column, at) => {
          const figure = timed(column[step], Number(flags.ms))
          if (round > 0) told[at].push(figure)
        })
      const figures = told.map((list) => `${median(list).toFixed(0).padStart(8)} µs`).join('')
      process.stdout.write(`  ${step.padEnd(16)}${figures}\n`)
    }
  }
}
