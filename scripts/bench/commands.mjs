// How long the program takes to start: the daemon to its first answer, and small commands against `node -e 0`. CPU tells more
// than the clock where the machine does other things as well.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { median } from './measure.mjs'
import { memoryMb, sleep } from './processes.mjs'
import { hubHome } from './targets.mjs'

const STATUS_LINE_INPUT = JSON.stringify({
  session_id: 'bench',
  model: { id: 'bench-model', display_name: 'Bench' },
  workspace: { current_dir: '/tmp' },
})

/** How long the daemon is left alone before its memory is read, ms. */
const IDLE_MS = 11_000

const COMMANDS = [
  { name: 'version', args: ['--version'] },
  { name: 'status', args: ['status'] },
  { name: 'quota', args: ['quota'] },
  { name: 'statusline', args: ['statusline'], input: STATUS_LINE_INPUT },
]

/** ms of CPU of all children that this process has waited for. */
function childrenCpuMs() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[13]) + Number(fields[14])) * 10
  } catch {
    return 0
  }
}

function timed(runs, args, options) {
  const walls = []
  const before = childrenCpuMs()
  for (let run = 0; run < runs; run += 1) {
    const startedAt = performance.now()
    const done = spawnSync(process.execPath, args, { ...options, encoding: 'utf8' })
    walls.push(performance.now() - startedAt)
    if (done.status !== 0) throw new Error(`${args.join(' ')} ended with ${done.status}: ${done.stderr}`)
  }
  return { ms: median(walls), cpuMs: (childrenCpuMs() - before) / runs }
}

/** The rows of the table, and the figures that the budget knows. */
export async function measureStarts({ bin, upstream, runs, starts }) {
  const place = await hubHome({ bin, upstreamPort: upstream.port, capture: 'full' })
  try {
    const startMs = []
    for (let start = 0; start < starts; start += 1) {
      const hub = await place.start()
      startMs.push(hub.startMs)
      await hub.stop()
    }
    const hub = await place.start()
    // Idle as a daemon mostly is: its threads collect when they have been quiet for some seconds.
    await sleep(IDLE_MS)
    const idleMb = memoryMb(hub.pid).now
    const node = timed(runs, ['-e', '0'], {})
    const told = COMMANDS.map(({ name, args, input }) => ({
      name,
      ...timed(runs, [bin, ...args], { env: place.env, input: input ?? '' }),
    }))
    await hub.stop()
    const times = (name) => told.find((one) => one.name === name).ms / node.ms
    return {
      rows: [
        { name: 'node -e 0', figures: { ms: node.ms, 'CPU ms': node.cpuMs } },
        ...told.map(({ name, ms, cpuMs }) => ({
          name: `axonhub ${name}`,
          figures: { ms, 'CPU ms': cpuMs, 'ms ×': ms / node.ms, 'CPU ×': cpuMs / node.cpuMs },
        })),
        { name: 'daemon to first answer', figures: { ms: median(startMs) } },
      ],
      daemon: {
        startMs: median(startMs),
        idleMb,
        status: times('status'),
        statusline: times('statusline'),
      },
    }
  } finally {
    place.remove()
  }
}
