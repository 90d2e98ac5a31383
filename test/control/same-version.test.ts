// The short way to ask how the hub is: only a hub of the same version answers it, everything else is left to the whole client.
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolvePaths } from '../../src/config/paths.js'
import { controlClient } from '../../src/control/client.js'
import { statusOfSameVersion } from '../../src/control/same-version.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { temporaryFolder } from '../support/records.js'

let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(() => hub.stop())

const socketOf = (home: string) => resolvePaths({ AXONHUB_HOME: home }, home).socket

/** A control socket that answers everything with one text. */
async function answering(text: string, status = 200): Promise<{ socket: string; server: Server }> {
  const socket = join(temporaryFolder(), 's')
  const server = createServer((_request, response) => response.writeHead(status).end(text))
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return { socket, server }
}

describe('the short way to ask how the hub is', () => {
  it('tells what the whole client tells', async () => {
    const socket = socketOf(hub.home)
    expect(await statusOfSameVersion(socket, '0.0.0-test')).toEqual(await controlClient(socket).status())
  })

  it('knows nothing of a hub of another version', async () => {
    expect(await statusOfSameVersion(socketOf(hub.home), '9.9.9')).toBeUndefined()
  })

  it('knows nothing where nobody answers', async () => {
    expect(await statusOfSameVersion(join(temporaryFolder(), 'none'), '1')).toBeUndefined()
  })

  it.each([
    ['no JSON', 'hello', 200],
    ['a part of a status', '{"version":"1","pid":1}', 200],
    ['an error', '{"version":"1"}', 500],
  ])('knows nothing of %s', async (_name, text, status) => {
    const { socket, server } = await answering(text, status)
    expect(await statusOfSameVersion(socket, '1')).toBeUndefined()
    server.close()
  })
})
