import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileClientHistory } from '../../src/fleet/client-history.js'

const DAY_MS = 86_400_000
const NOW = Date.parse('2026-03-01T00:00:00Z')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fb-clients-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const seen = (at: number, connections: number, ...addresses: readonly string[]) =>
  new Map(addresses.map(address => [address, { connections, at }]))

describe('who came to a cluster on calm days', () => {
  it('is nobody at first, and then those of every day, each as it was last seen', () => {
    const history = fileClientHistory(path.join(folder, 'new'))
    expect(history.read('c1')).toEqual(new Map())
    history.record('c1', seen(NOW, 5, '192.0.2.1', '192.0.2.2'))
    history.record('c1', seen(NOW + DAY_MS, 7, '192.0.2.2', '2001:db8::1'))
    expect(history.read('c1')).toEqual(
      new Map([...seen(NOW, 5, '192.0.2.1'), ...seen(NOW + DAY_MS, 7, '192.0.2.2', '2001:db8::1')]),
    )
    expect(history.read('c2')).toEqual(new Map())
  })

  it('is forgotten after thirty days', () => {
    const history = fileClientHistory(folder)
    history.record('c1', seen(NOW, 5, '192.0.2.1'))
    history.record('c1', seen(NOW + 30 * DAY_MS, 5, '192.0.2.2'))
    expect([...history.read('c1').keys()].sort()).toEqual(['192.0.2.1', '192.0.2.2'])
    history.record('c1', seen(NOW + 30 * DAY_MS + 1, 5, '192.0.2.3'))
    expect([...history.read('c1').keys()].sort()).toEqual(['192.0.2.2', '192.0.2.3'])
  })

  it('is of the fifty thousand that were seen last', () => {
    const history = fileClientHistory(folder)
    const many = Array.from({ length: 50_000 }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`)
    history.record('c1', seen(NOW, 1, '192.0.2.1'))
    history.record('c1', seen(NOW + 1, 1, ...many))
    expect(history.read('c1').size).toBe(50_000)
    expect(history.read('c1').has('192.0.2.1')).toBe(false)
  })

  it('is nobody where the file is damaged, and nothing fails where it cannot be kept', () => {
    writeFileSync(path.join(folder, 'c1.json'), '{"v":1,"clients":{"192.0.2.1":{"connections":"many"}}}')
    expect(fileClientHistory(folder).read('c1')).toEqual(new Map())
    const nowhere = fileClientHistory(path.join(folder, 'c1.json', 'below'))
    nowhere.record('c1', seen(NOW, 5, '192.0.2.1'))
    expect(nowhere.read('c1')).toEqual(new Map())
  })
})
