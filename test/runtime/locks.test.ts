import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fail, ok, type Result } from '../../src/domain/result.js'
import { createLocks, type Locks, NO_LOCKS } from '../../src/runtime/locks.js'
import { failureOf, okOf } from '../engine/results.js'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'fb-locks-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const C1 = 'cluster:us-east-c1'
const C2 = 'cluster:us-east-c2'
const ACL = 'acl:acl-0abc'

type Where = { readonly fleet?: string; readonly fence?: number; readonly holds?: () => Result<null> }

const locksOf = (incident: string, { fleet = 'fleet', fence = 1, holds = () => ok(null) }: Where = {}): Locks =>
  createLocks({
    dir: path.join(dir, fleet),
    incident,
    ownership: { mark: { host: hostname(), pid: process.pid, fence }, holds },
  })

describe('locks', () => {
  it('are taken in one order, whatever order they are asked for in, and each once', async () => {
    expect(okOf(await locksOf('i-1').acquire([C2, ACL, C1, C2]))).toEqual([ACL, C1, C2])
  })

  it('that are held already are not taken again', async () => {
    const locks = locksOf('i-1')
    okOf(await locks.acquire([C1]))
    expect(okOf(await locks.acquire([C1, C2]))).toEqual([C2])
  })

  it('that another incident holds are refused, with its name, process and host, and what to do', async () => {
    okOf(await locksOf('i-1').acquire([C1]))
    const failure = failureOf(await locksOf('i-2').acquire([C1]))
    expect(failure).toMatchObject({ kind: 'refused', code: 'lock.held' })
    for (const part of [C1, 'i-1', String(process.pid), hostname()]) expect(failure.message).toContain(part)
    expect(failure.next).toContain('firebreak status i-1')
  })

  it('are all taken or none', async () => {
    okOf(await locksOf('i-1').acquire([C1]))
    failureOf(await locksOf('i-2').acquire([ACL, C1]))
    expect(okOf(await locksOf('i-3').acquire([ACL]))).toEqual([ACL])
  })

  it('that were held before a refusal stay held', async () => {
    okOf(await locksOf('i-1').acquire([C1]))
    const second = locksOf('i-2')
    okOf(await second.acquire([ACL]))
    failureOf(await second.acquire([ACL, C1]))
    expect(failureOf(await locksOf('i-3').acquire([ACL])).message).toContain('i-2')
  })

  it('are free once they were let go of, and leave no file', async () => {
    const locks = locksOf('i-1')
    okOf(await locks.acquire([C1, ACL]))
    expect(await locks.releaseAll()).toEqual([ACL, C1])
    expect(readdirSync(path.join(dir, 'fleet'))).toEqual([])
    expect(okOf(await locksOf('i-2').acquire([C1]))).toEqual([C1])
  })

  it('of another incident are not let go of', async () => {
    okOf(await locksOf('i-1').acquire([C1]))
    expect(await locksOf('i-2').releaseAll()).toEqual([])
    failureOf(await locksOf('i-2').acquire([C1]))
  })

  it('of a dead process are free', async () => {
    okOf(await locksOf('i-1').acquire([C1]))
    const [name = ''] = readdirSync(path.join(dir, 'fleet'))
    const file = path.join(dir, 'fleet', name)
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), bootId: 'another-boot' }))
    expect(okOf(await locksOf('i-2').acquire([C1]))).toEqual([C1])
  })

  it('of an earlier owner of the same incident are inherited, and no longer the earlier one’s', async () => {
    const old = locksOf('i-1')
    okOf(await old.acquire([C1]))
    const later = locksOf('i-1', { fence: 2 })
    expect(okOf(await later.acquire([C1]))).toEqual([C1])
    expect(await old.releaseAll()).toEqual([])
    expect(failureOf(await locksOf('i-2').acquire([C1])).message).toContain('i-1')
  })

  it('of an earlier owner are let go of with the incident, though nobody asked for them again', async () => {
    okOf(await locksOf('i-1').acquire([C1]))
    expect(await locksOf('i-1', { fence: 2 }).releaseAll()).toEqual([C1])
  })

  it('are neither taken nor let go of by an owner who lost the incident', async () => {
    okOf(await locksOf('i-1').acquire([C1]))
    const lost = locksOf('i-1', { holds: () => fail('incident.lost', 'i-1 was taken over', 'stop') })
    expect(failureOf(await lost.acquire([C2])).code).toBe('incident.lost')
    expect(await lost.releaseAll()).toEqual([])
    failureOf(await locksOf('i-2').acquire([C1]))
  })

  it('of another fleet, or of a drill, are others, though a cluster has the same name', async () => {
    okOf(await locksOf('i-1').acquire([C1]))
    expect(okOf(await locksOf('drill-1', { fleet: 'drill-1' }).acquire([C1]))).toEqual([C1])
  })

  it.each(['../x', 'a/b', '.', `cluster:${'x'.repeat(400)}`])('may be of what is called %s', async name => {
    okOf(await locksOf('i-1').acquire([name]))
    expect(failureOf(await locksOf('i-2').acquire([name])).code).toBe('lock.held')
    expect(readdirSync(dir)).toEqual(['fleet'])
  })

  it('that cannot be written down are a failure', async () => {
    writeFileSync(path.join(dir, 'fleet'), '')
    expect(failureOf(await locksOf('i-1').acquire([C1])).code).toBe('state.unwritable')
  })

  it('are not taken by a run that changes nothing', async () => {
    expect(okOf(await NO_LOCKS.acquire([C1]))).toEqual([])
    expect(await NO_LOCKS.releaseAll()).toEqual([])
  })
})
