import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HubError, sentence } from '../../src/base/errors.js'
import { storeFailure } from '../../src/store/failure.js'
import { MIGRATIONS } from '../../src/store/migrations/list.js'
import { openForReading, openStore } from '../../src/store/open.js'
import { sqlite } from '../../src/store/sqlite.js'
import { temporaryFolder } from '../support/records.js'

function failure(open: () => unknown): HubError {
  try {
    open()
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

const file = () => join(temporaryFolder(), 'axonhub.db')

describe('opening the store', () => {
  it('makes a file that only its owner can read, in WAL mode', () => {
    const path = file()
    const database = openStore(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(database.pragma('auto_vacuum', { simple: true })).toBe(2)
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1)
    database.close()
  })

  it('says what to do when SQLite was compiled for another Node', () => {
    const binding = join(temporaryFolder(), 'other.node')
    writeFileSync(binding, 'not for this Node')
    const error = failure(() => {
      try {
        ;new (sqlite())(':memory:', { nativeBinding: binding })
      } catch (thrown) {
        throw storeFailure(thrown, 'axonhub.db')
      }
    })
    expect(sentence(error)).toContain(
      'cannot be loaded by this version of Node. Install axonhub again with this Node',
    )
    expect(sentence(error)).not.toContain(binding)
  })

  it('says that a file is damaged and leaves it as it is', () => {
    const path = file()
    writeFileSync(path, 'this was never a database '.repeat(100))
    const before = readFileSync(path)
    const error = failure(() => openStore(path))
    expect(sentence(error)).toContain('is damaged (SQLITE_NOTADB). Run "axonhub doctor --fix"')
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('refuses a file that a newer axonhub wrote', () => {
    const path = file()
    const database = openStore(path)
    database.pragma(`user_version = ${MIGRATIONS.length + 1}`)
    database.close()
    const error = failure(() => openStore(path))
    expect(error.code).toBe('refused')
    expect(sentence(error)).toContain('newer axonhub')
    expect(sentence(error)).toContain('Update axonhub')
  })

  it('refuses the database of another program and does not touch it', () => {
    const path = file()
    const other = new (sqlite())(path)
    other.exec('CREATE TABLE bookmarks (url TEXT)')
    other.close()
    const before = readFileSync(path)
    expect(failure(() => openStore(path)).message).toContain('another program')
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('says that the file is locked when another program holds it', () => {
    const path = file()
    const other = new (sqlite())(path)
    other.exec('BEGIN EXCLUSIVE')
    const error = failure(() => openStore(path, 50))
    other.close()
    expect(error.code).toBe('daemon-already-running')
    expect(sentence(error)).toContain('locked by another program. Close the program')
  })

  it('says what to check when the directory is not there', () => {
    const error = failure(() => openStore(join(temporaryFolder(), 'nowhere', 'axonhub.db')))
    expect(sentence(error)).toMatch(/cannot be opened .*Check that the directory exists/)
  })
})

describe('opening the store for reading', () => {
  it('says that nothing is recorded yet when there is no file', () => {
    const error = failure(() => openForReading(file()))
    expect(error.code).toBe('not-found')
    expect(sentence(error)).toContain('axonhub serve')
  })

  it('cannot change anything', () => {
    const path = file()
    openStore(path).close()
    const database = openForReading(path)
    expect(() => database.exec('DELETE FROM traces')).toThrow('readonly')
    database.close()
  })

  it('asks for one start of the daemon when the file is of an older version', () => {
    const path = file()
    const database = openStore(path)
    database.pragma('user_version = 0')
    database.close()
    const error = failure(() => openForReading(path))
    expect(sentence(error)).toContain('Start the daemon once')
  })
})
