import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { memcached } from '../../src/providers/memcached/memcached.js'
import { eachService, MOTO } from '../conformance/service.js'
import { testWire } from '../providers/wire.js'
import { firebreak, incidentsOf, journalOf, type Machine, newMachine, ofType } from './firebreak.js'
import { type MotoFleet, startMotoFleet, TAGS } from './moto-fleet.js'
import { rehearseAndRun } from './rehearsed.js'

eachService(
  'on an EC2 that nobody here wrote, with a real HAProxy on each instance,',
  [{ name: 'Moto', binary: MOTO, start: () => startMotoFleet({ proxies: 2, addresses: true }) }],
  service => {
    let fleet: MotoFleet
    beforeAll(async () => {
      fleet = await service.start()
    })
    afterAll(() => fleet?.stop())

    it('a proxy is replaced, put back, and what replaced it is reaped; nothing is left over', async () => {
      const machine = machineOn(fleet)
      const [old = '', other = ''] = [...(await fleet.instances()).keys()]
      const [allocation = ''] = [...(await fleet.holders())].find(([, holder]) => holder === old) ?? []

      const replaced = await rehearseAndRun(machine, 'replace', fleet.env, '-i', `proxy=${old}`)
      expect(replaced.live.code, replaced.live.stderr).toBe(0)
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
      expect(await stateOf(fleet, fresh)).toEqual({ runs: false, tagged: 'parked' })
      for (const id of [old, other]) expect((await stateOf(fleet, id)).runs).toBe(true)
      await expectAccountedFor(fleet, machine)
    })

    it('a cluster gets a proxy more and one fewer, and both are taken back; nothing is left over', async () => {
      const machine = machineOn(fleet)
      const before = await running(fleet)

      const more = await rehearseAndRun(machine, 'scale', fleet.env, '-i', 'by=1')
      expect(more.live.code, more.live.stderr).toBe(0)
      const [fresh = ''] = launchedIn(machine)
      expect(await stateOf(fleet, fresh)).toEqual({ runs: true, tagged: 'in-service' })

      const fewer = await rehearseAndRun(machine, 'scale', fleet.env, '-i', 'by=-1')
      expect(fewer.live.code, fewer.live.stderr).toBe(0)
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

/** Whether a new client gets through to its memcached. */
const acceptsOn = async (fleet: MotoFleet, id: string): Promise<boolean> => {
  const ip = (await fleet.instances()).get(id)?.PrivateIpAddress
  const answer = await memcached(`tcp://${ip}:11211`, testWire()).version()
  return answer.ok
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

const REPLACE = `
runbook: replace
title: Replace one
inputs:
  proxy: { type: string }
steps:
  - id: replace
    action: proxy.replace
    with: { proxies: ["\${{ inputs.proxy }}"] }
  - id: over
    end: resolved
`

const REAP = `
runbook: reap
title: End what is parked
steps:
  - id: reap
    action: proxy.reap
    with: { cluster: ${TAGS.cluster} }
  - id: over
    end: resolved
`

const SCALE = `
runbook: scale
title: More or fewer
inputs:
  by: { type: number }
steps:
  - id: scale
    action: cluster.scale
    with: { cluster: ${TAGS.cluster}, by: "\${{ inputs.by }}" }
  - id: over
    end: resolved
`

const machineOn = (fleet: MotoFleet): Machine => {
  const machine = newMachine()
  const dir = path.join(machine.cwd, 'runbooks')
  mkdirSync(dir)
  const files = {
    'fleet.yaml': fleet.fleetFile('elastic-ip'),
    'replace.yaml': REPLACE,
    'reap.yaml': REAP,
    'scale.yaml': SCALE,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text)
  return machine
}
