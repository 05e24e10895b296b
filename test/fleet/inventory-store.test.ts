import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Inventory } from '../../src/fleet/inventory.js'
import { fileInventoryStore } from '../../src/fleet/inventory-store.js'
import { failureOf, okOf } from '../providers/wire.js'

const INVENTORY: Inventory = {
  cluster: 'us-east-c1',
  role: 'proxy',
  at: 1_000,
  source: 'ec2',
  targets: [
    {
      id: 'i-1',
      cluster: 'us-east-c1',
      role: 'proxy',
      data: 'tcp://10.0.0.1:11211',
      zone: 'us-east-1a',
      tags: { a: 'b' },
    },
  ],
}

let root: string
let folder: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'fb-inventory-'))
  folder = path.join(root, 'inventory', '123456789012-us-east-1')
})
afterEach(() => rmSync(root, { recursive: true }))

const file = () => path.join(folder, 'us-east-c1-proxy.json')

describe('the inventory store', () => {
  it('gives back what it was given, to this process and the next', () => {
    okOf(fileInventoryStore(folder).save(INVENTORY))
    expect(fileInventoryStore(folder).load('us-east-c1', 'proxy')).toEqual(INVENTORY)
  })

  it('keeps one inventory for each cluster and role', () => {
    const store = fileInventoryStore(folder)
    okOf(store.save(INVENTORY))
    okOf(store.save({ ...INVENTORY, at: 2_000 }))
    okOf(store.save({ ...INVENTORY, role: 'shard', targets: [] }))
    expect(store.load('us-east-c1', 'proxy')?.at).toBe(2_000)
    expect(store.load('us-east-c1', 'shard')?.targets).toEqual([])
    expect(readdirSync(folder).sort()).toEqual(['us-east-c1-proxy.json', 'us-east-c1-shard.json'])
  })

  it('is for this user only', () => {
    okOf(fileInventoryStore(folder).save(INVENTORY))
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('has nothing before anything was saved', () => {
    expect(fileInventoryStore(folder).load('us-east-c1', 'proxy')).toBeUndefined()
  })

  it.each([
    '',
    '{"v":1,',
    'null',
    '{"v":2}',
    '{"v":1,"cluster":"other","role":"proxy","at":1,"source":"ec2","targets":[]}',
  ])('has nothing where the file says %j', text => {
    okOf(fileInventoryStore(folder).save(INVENTORY))
    writeFileSync(file(), text)
    expect(fileInventoryStore(folder).load('us-east-c1', 'proxy')).toBeUndefined()
  })

  it('says that it cannot save, and keeps what it had', () => {
    const store = fileInventoryStore(path.join(file(), 'below-a-file'))
    okOf(fileInventoryStore(folder).save(INVENTORY))
    chmodSync(file(), 0o600)
    expect(failureOf(store.save(INVENTORY))).toMatchObject({ code: 'state.unwritable' })
    expect(fileInventoryStore(folder).load('us-east-c1', 'proxy')).toEqual(INVENTORY)
  })
})
