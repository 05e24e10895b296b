import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { memcached } from '../../src/providers/memcached/memcached.js'
import { eachService, MOTO } from '../conformance/service.js'
import { testWire } from '../providers/wire.js'
import { firebreak, incidentsOf, journalOf, type Machine, newMachine, ofType, theOnly } from './firebreak.js'
import { cacheAt } from './memcached.js'
import { type MotoFleet, type Reached, startMotoFleet, TAGS } from './moto-fleet.js'
import { rehearseAndRun } from './rehearsed.js'

eachService(
  'on an EC2 that nobody here wrote, with a real HAProxy on each instance,',
  [{ name: 'Moto', binary: MOTO, start: () => startMotoFleet({ proxies: 3, shards: 2 }) }],
  service => {
    let fleet: MotoFleet
    beforeAll(async () => {
      fleet = await service.start()
    })
    afterAll(() => fleet?.stop())

    it('a proxy is replaced, put back, and what replaced it is reaped; nothing is left over', async () => {
      const machine = machineOn(fleet)
      const [old = '', ...others] = await running(fleet)
      const [allocation = ''] = [...(await fleet.holders())].find(([, holder]) => holder === old) ?? []

      const replaced = await rehearseAndRun(machine, 'replace', fleet.env, '-i', `proxy=${old}`)
      expect(replaced.live.code, replaced.live.stderr).toBe(0)
      expect(replaced.live.stderr).toMatch(VERIFIED)
      const [fresh = ''] = launchedIn(machine)
      expect((await fleet.holders()).get(allocation)).toBe(fresh)
      expect(await stateOf(fleet, old)).toEqual({ runs: true, tagged: 'parked' })
      expect(await stateOf(fleet, fresh)).toEqual({ runs: true, tagged: 'in-service' })

      await undo(machine, replaced.id, fleet.env)
      expect((await fleet.holders()).get(allocation)).toBe(old)
      expect(await stateOf(fleet, old)).toEqual({ runs: true, tagged: undefined })
      expect(await stateOf(fleet, fresh)).toEqual({ runs: true, tagged: 'parked' })

      const reaped = await rehearseAndRun(machine, 'reap', fleet.env)
      expect(reaped.live.code, reaped.live.stderr).toBe(0)
      expect(reaped.live.stderr).toMatch(VERIFIED)
      expect(await stateOf(fleet, fresh)).toEqual({ runs: false, tagged: 'parked' })
      for (const id of [old, ...others]) expect((await stateOf(fleet, id)).runs).toBe(true)
      await expectAccountedFor(fleet, machine)
    })

    it('a cluster gets a proxy more and one fewer, and both are taken back; nothing is left over', async () => {
      const machine = machineOn(fleet)
      const before = await running(fleet)

      const more = await rehearseAndRun(machine, 'scale', fleet.env, '-i', 'by=1')
      expect(more.live.code, more.live.stderr).toBe(0)
      expect(more.live.stderr).toMatch(VERIFIED)
      const [fresh = ''] = launchedIn(machine)
      expect(await stateOf(fleet, fresh)).toEqual({ runs: true, tagged: 'in-service' })

      const fewer = await rehearseAndRun(machine, 'scale', fleet.env, '-i', 'by=-1')
      expect(fewer.live.code, fewer.live.stderr).toBe(0)
      expect(fewer.live.stderr).toMatch(VERIFIED)
      expect(await stateOf(fleet, fresh)).toEqual({ runs: true, tagged: 'parked' })
      expect(await acceptsOn(fleet, fresh)).toBe(false)

      await undo(machine, fewer.id, fleet.env)
      expect(await stateOf(fleet, fresh)).toEqual({ runs: true, tagged: undefined })
      expect(await acceptsOn(fleet, fresh)).toBe(true)

      await undo(machine, more.id, fleet.env)
      expect(await stateOf(fleet, fresh)).toEqual({ runs: true, tagged: 'parked' })
      expect(await running(fleet)).toEqual([...before, fresh].sort())
      await expectAccountedFor(fleet, machine)
    })

    it('two are replaced on one consent, clients that stay are sent away; both come back', async () => {
      const machine = machineOn(fleet, { address: 'none', unavailable: 2 })
      const [one = '', two = '', other = ''] = await serving(fleet)
      const [stays, goesOn] = [await clientOf(fleet, one), await clientOf(fleet, other)]

      const replaced = await rehearseAndRun(machine, 'batch', fleet.env, '-i', `one=${one}`, '-i', `two=${two}`)
      expect(replaced.live.code, replaced.live.stderr).toBe(0)
      expect(replaced.live.stderr).toMatch(VERIFIED)
      const journal = journalOf(machine, replaced.id)
      expect(theOnly(journal, 'gate.decided').data).toMatchObject({ typed: `${TAGS.cluster} 2` })
      const done = ofType(journal, 'op.finished').map(({ data }) => `${data.kind} ${data.target}`)
      expect(done.filter(op => op === `shut-sessions ${one}`)).toHaveLength(1)
      expect(await Promise.all([stays.gone(), goesOn.gone()])).toEqual([true, false])

      const fresh = launchedIn(machine)
      expect(fresh).toHaveLength(2)
      for (const id of [one, two]) {
        expect(await stateOf(fleet, id)).toEqual({ runs: true, tagged: 'parked' })
        expect(await acceptsOn(fleet, id)).toBe(false)
      }
      for (const id of fresh) {
        expect(await stateOf(fleet, id)).toEqual({ runs: true, tagged: 'in-service' })
        expect(await acceptsOn(fleet, id)).toBe(true)
      }

      await undo(machine, replaced.id, fleet.env)
      for (const id of [one, two, other]) {
        expect(await stateOf(fleet, id)).toEqual({ runs: true, tagged: undefined })
        expect(await acceptsOn(fleet, id)).toBe(true)
      }
      for (const id of fresh) expect(await stateOf(fleet, id)).toEqual({ runs: true, tagged: 'parked' })
      for (const client of [stays, goesOn]) client.leave()
      await expectAccountedFor(fleet, machine)
    })

    it('shards that EC2 names are flushed one by one, and nothing offers to bring back what was in them', async () => {
      const machine = machineOn(fleet)
      const shards = [...(await fleet.shards())]
      const caches = shards.map(([, { PrivateIpAddress }]) => cacheAt(`tcp://${PrivateIpAddress}:11211`))
      for (const cache of caches) await cache.fill()

      const flushed = await rehearseAndRun(machine, 'flush', fleet.env)
      expect(flushed.live.code, flushed.live.stderr).toBe(0)
      expect(flushed.live.stderr).toMatch(VERIFIED)
      expect(await Promise.all(caches.map(cache => cache.holds('k500')))).toEqual([false, false])
      expect(await Promise.all(caches.map(cache => cache.flushes()))).toEqual([1, 1])
      const journal = journalOf(machine, flushed.id)
      const ops = ofType(journal, 'op.finished').filter(({ data }) => data.kind === 'flush')
      expect(ops.map(({ data }) => data.target).sort()).toEqual(shards.map(([id]) => id).sort())

      const back = await firebreak(machine, ['undo', flushed.id, '--dry-run'], { env: fleet.env })
      for (const [id] of shards) expect(back.stderr).toContain(`flush on ${id}: cannot be undone`)
      expect(await Promise.all(caches.map(cache => cache.flushes()))).toEqual([1, 1])
    })
  },
)

/** Whether it runs, and what firebreak's tag says of it. */
const stateOf = async (fleet: MotoFleet, id: string) => {
  const instance = (await fleet.instances()).get(id)
  const tag = instance?.Tags?.find(({ Key }) => Key === 'firebreak:state')
  return { runs: instance?.State?.Name === 'running', tagged: tag?.Value }
}

const running = async (fleet: MotoFleet): Promise<readonly string[]> =>
  [...(await fleet.instances())]
    .filter(([, { State }]) => State?.Name === 'running')
    .map(([id]) => id)
    .sort()

/** Those that nothing has parked. */
const serving = async (fleet: MotoFleet): Promise<readonly string[]> => {
  const states = (await running(fleet)).map(async id => ({ id, ...(await stateOf(fleet, id)) }))
  return (await Promise.all(states)).flatMap(({ id, tagged }) => (tagged === 'parked' ? [] : [id]))
}

/** Whether a new client gets through to its memcached. */
const acceptsOn = async (fleet: MotoFleet, id: string): Promise<boolean> => {
  const answer = await memcached(`tcp://${await ipOf(fleet, id)}:11211`, testWire()).version()
  return answer.ok
}

const ipOf = async (fleet: MotoFleet, id: string): Promise<string> =>
  (await fleet.instances()).get(id)?.PrivateIpAddress ?? expect.fail(`${id} has no address`)

/** One that connects, is answered, and stays. */
const clientOf = async (fleet: MotoFleet, id: string) => {
  const socket = net.connect(11_211, await ipOf(fleet, id))
  socket.on('error', () => {}) // that it ends is what is looked for, however
  const closed = once(socket, 'close')
  socket.write('version\r\n')
  await once(socket, 'data')
  return {
    /** What is cut is closed some time before a request through it is answered; a proxy that goes on answers. */
    gone: async (): Promise<boolean> => {
      if (socket.destroyed) return true
      socket.write('version\r\n')
      return Promise.race([closed.then(() => true), once(socket, 'data').then(() => false)])
    },
    leave: () => socket.destroy(),
  }
}

/** Of all incidents, from their journals. */
const launchedIn = (machine: Machine): string[] =>
  incidentsOf(machine)
    .flatMap(id => ofType(journalOf(machine, id), 'op.finished'))
    .filter(({ data }) => data.kind === 'launch')
    .map(({ data }) => (data.result as { readonly instance: string }).instance) // of the op `launch`

/** Whatever EC2 shows with firebreak's tag is in a journal, and the other way round; what stands is in service or parked. */
const expectAccountedFor = async (fleet: MotoFleet, machine: Machine): Promise<void> => {
  const incidents = incidentsOf(machine)
  const tagged = [...(await fleet.instances())].filter(
    ([, { Tags = [] }]) =>
      Tags.some(({ Key }) => Key === 'firebreak:op') &&
      Tags.some(({ Key, Value = '' }) => Key === 'firebreak:incident' && incidents.includes(Value)),
  )
  expect(tagged.map(([id]) => id).sort()).toEqual(launchedIn(machine).sort())
  for (const [id] of tagged) expect((await stateOf(fleet, id)).tagged).toMatch(/^(in-service|parked)$/)
}

/** As an operator would: shown by a dry run, and agreed to by the digest that it printed. */
const undo = async (machine: Machine, id: string, env: MotoFleet['env']): Promise<void> => {
  const shown = await firebreak(machine, ['undo', id, '--dry-run'], { env })
  const digest = /digest ([0-9a-f]{64})/.exec(shown.stderr)?.[1] ?? expect.fail(shown.stderr)
  writeFileSync(path.join(machine.cwd, 'undo.yaml'), `gates: { undo: { approve: ${digest} } }\n`)
  const undone = await firebreak(machine, ['undo', id, '--answers', 'undo.yaml'], { env })
  expect(undone.code, undone.stderr).toBe(0)
}

const VERIFIED = / applied: .*; verified$/m

const LOOK = `
  - id: look
    check: proxy.connections
    with: { cluster: ${TAGS.cluster} }
    on_failure: continue
`

const REPLACE = `
runbook: replace
title: Replace one
inputs:
  proxy: { type: string }
steps:${LOOK}  - id: replace
    action: proxy.replace
    with: { proxies: ["\${{ inputs.proxy }}"] }
    verify: { again: look, within: 1m }
  - id: over
    end: resolved
`

const BATCH = `
runbook: batch
title: Replace two at once
inputs:
  one: { type: string }
  two: { type: string }
steps:${LOOK}  - id: replace
    action: proxy.replace
    with: { proxies: ["\${{ inputs.one }}", "\${{ inputs.two }}"], deadline: 2s }
    verify: { again: look, within: 1m }
  - id: over
    end: resolved
`

const FLUSH = `
runbook: flush
title: Flush all of it
steps:
  - id: look
    check: cache.shards
    with: { cluster: ${TAGS.cluster}, over: 1s }
    expect: size(result.shards) == 2
  - id: flush
    action: cache.flush
    with: { cluster: ${TAGS.cluster}, shards: all, stagger: 1s }
    verify: { again: look, within: 1m }
  - id: over
    end: resolved
`

const REAP = `
runbook: reap
title: End what is parked
steps:${LOOK}  - id: reap
    action: proxy.reap
    with: { cluster: ${TAGS.cluster} }
    verify: { again: look, within: 1m }
  - id: over
    end: resolved
`

const SCALE = `
runbook: scale
title: More or fewer
inputs:
  by: { type: number }
steps:${LOOK}  - id: scale
    action: cluster.scale
    with: { cluster: ${TAGS.cluster}, by: "\${{ inputs.by }}" }
    verify: { again: look, within: 1m }
  - id: over
    end: resolved
`

const ELASTIC: Reached = { address: 'elastic-ip', unavailable: 1 }

const machineOn = (fleet: MotoFleet, reached = ELASTIC): Machine => {
  const machine = newMachine()
  const dir = path.join(machine.cwd, 'runbooks')
  mkdirSync(dir)
  const files = {
    'fleet.yaml': fleet.fleetFile(reached),
    'replace.yaml': REPLACE,
    'batch.yaml': BATCH,
    'flush.yaml': FLUSH,
    'reap.yaml': REAP,
    'scale.yaml': SCALE,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text)
  return machine
}
