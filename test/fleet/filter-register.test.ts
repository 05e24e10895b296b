import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { StandingFilter } from '../../src/fleet/filters/filter.js'
import { fileFilterRegister } from '../../src/fleet/filters/register.js'
import { failureOf, okOf } from '../engine/results.js'
import { read } from '../fuzz/filter-trial.js'

const folder = mkdtempSync(path.join(tmpdir(), 'firebreak-register-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const standing = (more: Partial<StandingFilter> = {}): StandingFilter => ({
  filter: 'f-1',
  incident: 'i-1',
  cluster: 'c1',
  place: { by: 'deny_list', proxy: 'p1', admin: 'tcp://10.0.0.1:9999', list: '/denied.lst' },
  scope: { protocol: 'tcp', ports: { from: 11_211, to: 11_214 } },
  prefixes: [read('192.0.2.0/24')],
  until: 2_000,
  ...more,
})

describe('the register of filters', () => {
  it('has nothing where nothing was ever put up', () => {
    expect(fileFilterRegister(path.join(folder, 'never')).all()).toEqual([])
  })

  it('gives back what was written, the soonest to end first, to another process as well', () => {
    const register = fileFilterRegister(folder)
    okOf(register.write(standing()))
    const acl = { by: 'network_acl', acl: 'acl-1', region: 'us-east-1', number: 7 } as const
    okOf(register.write(standing({ place: acl, until: 1_000 })))
    expect(fileFilterRegister(folder).all()).toEqual([standing({ place: acl, until: 1_000 }), standing()])
  })

  it('has one record for a place of a filter of an incident, which the next one takes the place of', () => {
    const register = fileFilterRegister(folder)
    okOf(register.write(standing()))
    okOf(register.write(standing({ until: 3_000 })))
    okOf(register.write(standing({ incident: 'i-2' })))
    expect(register.all().map(({ incident, until }) => [incident, until])).toEqual([
      ['i-2', 2_000],
      ['i-1', 3_000],
    ])
    okOf(register.strike(standing()))
    expect(register.all().map(({ incident }) => incident)).toEqual(['i-2'])
    okOf(register.strike(standing())) // a second time is no failure
  })

  it('is for the eyes of its user only', () => {
    okOf(fileFilterRegister(folder).write(standing()))
    const [name = ''] = readdirSync(folder)
    expect(statSync(path.join(folder, name)).mode & 0o077).toBe(0)
  })

  it('passes over what is no record, and what somebody has changed into no prefix', () => {
    const register = fileFilterRegister(folder)
    okOf(register.write(standing()))
    writeFileSync(path.join(folder, 'torn.json'), '{"v":1,')
    writeFileSync(
      path.join(folder, 'loose.json'),
      JSON.stringify({ ...standing(), prefixes: ['192.0.2.7/24'] }),
    )
    expect(register.all()).toEqual([standing()])
  })

  it('says where it cannot be written: then nothing must be put up', () => {
    writeFileSync(path.join(tmpdir(), 'firebreak-no-folder'), '')
    const nowhere = fileFilterRegister(path.join(tmpdir(), 'firebreak-no-folder', 'below'))
    expect(failureOf(nowhere.write(standing())).code).toBe('state.unwritable')
    rmSync(path.join(tmpdir(), 'firebreak-no-folder'))
  })
})
