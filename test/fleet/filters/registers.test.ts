import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StandingFilter } from '../../../src/fleet/filters/filter.js'
import { fileFilterRegister, unreadableIn } from '../../../src/fleet/filters/register.js'
import { readRegisters } from '../../../src/fleet/filters/registers.js'
import { folder } from '../../journal/written.js'
import { failureOf, okOf } from '../../providers/wire.js'
import { prefixOf } from '../addresses/prefix-of.js'

const filter = (name: string, until: number): StandingFilter => ({
  ...{ filter: name, incident: '20261124-0412-kqzx', cluster: 'edge', until },
  place: { by: 'deny_list', proxy: 'p1', admin: 'tcp://127.0.0.1:1', list: '/denied.lst' },
  scope: { protocol: 'tcp', ports: { from: 11_211, to: 11_211 } },
  prefixes: [prefixOf('203.0.113.0/25')],
})

describe('the registers of all fleets', () => {
  it('hold nothing where nobody was ever blocked', () => {
    expect(okOf(readRegisters(path.join(folder(), 'filters')))).toEqual({ held: [], unreadable: [] })
  })

  it('are read together, what ends first before the rest, each with the name of its fleet', () => {
    const root = folder()
    const [east, west] = ['east', 'west'].map(name => fileFilterRegister(path.join(root, name)))
    okOf(east!.write(filter('f-later', 30)))
    okOf(west!.write(filter('f-first', 10)))
    okOf(east!.write(filter('f-second', 20)))
    const { held, unreadable } = okOf(readRegisters(root))
    expect(held.map(({ fleet, standing }) => `${fleet} ${standing.filter}`)).toEqual([
      'west f-first',
      'east f-second',
      'east f-later',
    ])
    expect(unreadable).toEqual([])
    const [first] = held
    okOf(first!.register.strike(first!.standing))
    expect(west!.all()).toEqual([])
    expect(east!.all()).toHaveLength(2)
  })

  it('name what is no record, and pass over no folder that cannot be read', () => {
    const root = folder()
    const east = path.join(root, 'east')
    mkdirSync(east)
    const torn = path.join(east, 'torn.json')
    writeFileSync(torn, '{"v":1,"filter":"f-1"')
    writeFileSync(path.join(east, 'f-2.json.123.tmp'), 'being written')
    expect(okOf(readRegisters(root)).unreadable).toEqual([torn])
    expect(unreadableIn(torn)).toEqual([torn])
    expect(failureOf(readRegisters(torn)).code).toBe('file.unreadable')
  })
})
