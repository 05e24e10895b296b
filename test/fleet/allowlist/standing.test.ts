import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readAllowlist } from '../../../src/fleet/allowlist/read.js'
import { type CommitOf, standingAllowlist } from '../../../src/fleet/allowlist/standing.js'
import { fileAllowlistStore } from '../../../src/fleet/allowlist/store.js'
import type { Fleet } from '../../../src/fleet/fleet.js'
import { failureOf, okOf } from '../../providers/wire.js'
import { fleetOf } from '../fleets.js'

const DAY_MS = 86_400_000
const NOW = Date.parse('2026-03-01T00:00:00Z')

let folder: string
let fleet: Fleet
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fb-allowlist-'))
  mkdirSync(path.join(folder, 'allowlist'))
  fleet = {
    ...fleetOf({ kind: 'ec2', tags: { role: 'proxy' } }),
    file: path.join(folder, 'fleet.yaml'),
    allowlist: { files: ['allowlist/customers.txt', 'allowlist/monitoring.txt'], maxAge: 7 * DAY_MS },
  }
  write('customers', '192.0.2.0/24 Acme Ltd\n')
  write('monitoring', '2001:db8::7 # the prober\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string | Buffer, changedAt = NOW): void => {
  const file = path.join(folder, 'allowlist', `${name}.txt`)
  writeFileSync(file, text)
  utimesSync(file, changedAt / 1_000, changedAt / 1_000)
}

const nobodyKnows: CommitOf = async () => undefined
const standing = (commitOf = nobodyKnows, now = NOW) =>
  standingAllowlist({
    fleet,
    store: fileAllowlistStore(path.join(folder, 'state')),
    now: () => now,
    commitOf,
  })

describe('an allowlist', () => {
  it('is the union of the files, with names and places', () => {
    write('customers', '# customers\n\n 192.0.2.0/24\tAcme  Ltd # since 2024\r\n198.51.100.7\n')
    expect(okOf(readAllowlist(fleet)).entries).toEqual([
      { prefix: '192.0.2.0/24', name: 'Acme Ltd', at: 'allowlist/customers.txt:3' },
      { prefix: '198.51.100.7/32', at: 'allowlist/customers.txt:4' },
      { prefix: '2001:db8::7/128', at: 'allowlist/monitoring.txt:1' },
    ])
  })

  it('has the same hash for the same prefixes, and another one for others', () => {
    const { hash } = okOf(readAllowlist(fleet))
    write('customers', '# nothing new\n192.0.2.0/24 Acme under another name\n192.0.2.0/24 twice\n')
    expect(okOf(readAllowlist(fleet)).hash).toBe(hash)
    write('customers', '192.0.2.0/25 Acme Ltd\n')
    expect(okOf(readAllowlist(fleet)).hash).not.toBe(hash)
  })

  it.each<[string, string | Buffer, RegExp]>([
    ['is empty', '', /customers\.txt has no address/],
    ['has comments only', '# 192.0.2.0/24\n', /customers\.txt has no address/],
    ['has a line that is no address', '192.0.2.1\nAcme 192.0.2.2\n', /^allowlist\/customers\.txt:2: /],
    ['has an address that is half written', '192.0.2\n', /^allowlist\/customers\.txt:1: /],
    ['is no text', Buffer.from([0x31, 0xff, 0xfe]), /customers\.txt cannot be read/],
  ])('that %s cannot be relied on, and it is said where', (_, text, message) => {
    write('customers', text)
    expect(failureOf(readAllowlist(fleet))).toMatchObject({
      code: 'allowlist.unusable',
      message: expect.stringMatching(message),
    })
  })

  it('that is gone cannot be relied on, though the other file is there', () => {
    rmSync(path.join(folder, 'allowlist', 'customers.txt'))
    expect(failureOf(readAllowlist(fleet)).message).toMatch(/customers\.txt cannot be read: ENOENT/)
  })

  it('that the fleet file does not name protects nobody, and that is no allowlist', async () => {
    const { allowlist: _, ...without } = fleet
    fleet = without
    expect(failureOf(await standing())).toMatchObject({ code: 'allowlist.unusable' })
  })
})

describe('the allowlist that there is to go by', () => {
  it('is the one in the files, as long as it can be read', async () => {
    expect(okOf(await standing())).toMatchObject({ stale: [], allowlist: okOf(readAllowlist(fleet)) })
  })

  it('is the last good one where the files cannot be relied on, and says so and why', async () => {
    const { allowlist } = okOf(await standing())
    write('customers', 'oops\n')
    const later = okOf(await standing(nobodyKnows, NOW + DAY_MS))
    expect(later.allowlist).toEqual(allowlist)
    expect(later.instead).toMatchObject({
      keptAt: NOW,
      failure: { message: expect.stringMatching(/^allowlist\/customers\.txt:1: /) },
    })
  })

  it('is none where it never could be read', async () => {
    write('customers', 'oops\n')
    expect(failureOf(await standing()).message).toMatch(/^allowlist\/customers\.txt:1: /)
  })

  it('is none where the copy is damaged, too', async () => {
    await standing()
    writeFileSync(path.join(folder, 'state', 'allowlist.json'), '{"v":1,"at":1,"allowlist":{"entries":[]}}')
    write('customers', '')
    expect(failureOf(await standing()).code).toBe('allowlist.unusable')
  })

  it('is old where nobody has changed it for longer than it may last', async () => {
    write('customers', '192.0.2.0/24\n', NOW - 8 * DAY_MS)
    expect(okOf(await standing()).stale).toEqual([{ file: 'allowlist/customers.txt', age: 8 * DAY_MS }])
  })

  it('is as old as the commit that changed it, whenever it was checked out', async () => {
    const asked: string[] = []
    const { stale } = okOf(
      await standing(async file => {
        asked.push(file)
        return { id: '1a2b3c4', at: NOW - 9 * DAY_MS }
      }),
    )
    expect(asked).toContain(path.join(folder, 'allowlist', 'customers.txt'))
    expect(stale).toContainEqual({ file: 'allowlist/customers.txt', age: 9 * DAY_MS, commit: '1a2b3c4' })
  })
})
