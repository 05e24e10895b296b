import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachService, MOTO } from '../conformance/service.js'
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
  },
)

/** Whether it runs, and what firebreak's tag says of it. */
const stateOf = async (fleet: MotoFleet, id: string) => {
  const instance = (await fleet.instances()).get(id)
  const tag = instance?.Tags?.find(({ Key }) => Key === 'firebreak:state')
  return { runs: instance?.State?.Name === 'running', tagged: tag?.Value }
}

/** Of all incidents, from their journals. */
const launchedIn = (machine: Machine): string[] =>
  incidentsOf(machine)
    .flatMap(id => ofType(journalOf(machine, id), 'op.finished'))
    .filter(({ data }) => data.kind === 'launch')
    .map(({ data }) => (data.result as { readonly instance: string }).instance) // of the op `launch`

/** Whatever EC2 shows with firebreak's tag is in a journal, and the other way round; what stands is in service or parked. */
const expectAccountedFor = async (fleet: MotoFleet, machine: Machine): Promise<void> => {
  const tagged = [...(await fleet.instances())].filter(([, { Tags = [] }]) =>
    Tags.some(({ Key }) => Key === 'firebreak:op'),
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

const machineOn = (fleet: MotoFleet): Machine => {
  const machine = newMachine()
  const dir = path.join(machine.cwd, 'runbooks')
  mkdirSync(dir)
  const files = { 'fleet.yaml': fleet.fleetFile('elastic-ip'), 'replace.yaml': REPLACE, 'reap.yaml': REAP }
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text)
  return machine
}
