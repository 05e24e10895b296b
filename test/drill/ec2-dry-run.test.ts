import { request as send } from 'node:http'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DRY_RUN_VERIFIED } from '../../src/providers/contract.js'
import { linesOf, type Running, startRunning, stopRunning } from './running.js'

let running: Running
beforeEach(async () => {
  running = await startRunning({ seed: 4 })
})
afterEach(() => stopRunning(running))

type Parameters = { readonly [name: string]: string }
type Reply = { readonly status: number; readonly code: string | undefined }

/** One request of the Query API as it stands on the wire. */
const post = (Action: string, parameters: Parameters): Promise<Reply> => {
  const { endpoint, accessKeyId } = { ...running.drill.aws.override }
  const headers = { authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/x` }
  const body = new URLSearchParams({ Action, Version: '2016-11-15', ...parameters }).toString()
  const reply = new Promise<Reply>((resolve, reject) => {
    const call = send(endpoint, { method: 'POST', headers, agent: false }, response => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, code: /<Code>([^<]*)/.exec(text)?.[1] }),
      )
    })
    call.on('error', reject)
    call.end(body)
  })
  return running.drill.clock.io(reply)
}

const idsOf = () => {
  const { instances, addresses } = running.drill.world()
  const proxies = Object.values(instances).filter(({ role }) => role === 'proxy')
  return { proxies: proxies.map(({ id }) => id), allocations: Object.keys(addresses) }
}

/** Of each operation a request that the endpoint carries out where it is meant. */
const requests = (): { readonly [operation: string]: Parameters } => {
  const { proxies, allocations } = idsOf()
  const [one = '', two = ''] = proxies
  return {
    RunInstances: {
      'LaunchTemplate.LaunchTemplateName': 'lt-proxy',
      SubnetId: 'subnet-a1',
      InstanceType: 'c7i.large',
      MinCount: '1',
      MaxCount: '1',
      ClientToken: 'tok',
    },
    CreateTags: { 'ResourceId.1': one, 'Tag.1.Key': 'firebreak:state', 'Tag.1.Value': 'parked' },
    DeleteTags: { 'ResourceId.1': one, 'Tag.1.Key': 'role' },
    AssociateAddress: { AllocationId: allocations[0] ?? '', InstanceId: two, AllowReassociation: 'true' },
    TerminateInstances: { 'InstanceId.1': one },
  }
}

const OPERATIONS = Object.values(DRY_RUN_VERIFIED)
const DRY = { DryRun: 'true' }

describe('a request with DryRun', () => {
  it.each(OPERATIONS)(
    '%s is answered as permitted, changes nothing, and is logged as changing nothing',
    async operation => {
      const before = structuredClone(running.drill.world())
      expect(await post(operation, { ...requests()[operation], ...DRY })).toEqual({
        status: 412,
        code: 'DryRunOperation',
      })
      expect(running.drill.world()).toEqual(before)
      expect(linesOf(running.dir, 'world')).toEqual([])
      expect(linesOf(running.dir, 'endpoint')).toMatchObject([{ operation, mutating: false }])
    },
  )

  it.each(OPERATIONS)('%s is carried out where the flag is false', async operation => {
    expect((await post(operation, { ...requests()[operation], DryRun: 'false' })).status).toBe(200)
    expect(linesOf(running.dir, 'world')).toMatchObject([{ operation }])
    expect(linesOf(running.dir, 'endpoint')).toMatchObject([{ operation, mutating: true }])
  })

  it.each([
    ['RunInstances', { SubnetId: 'subnet-none' }],
    ['CreateTags', { 'ResourceId.1': 'i-00000000000000bad' }],
    ['DeleteTags', { 'ResourceId.1': 'i-00000000000000bad' }],
    ['AssociateAddress', { AllocationId: 'eipalloc-0123456789abcdef0' }],
    ['TerminateInstances', { 'InstanceId.1': 'proxy-1' }],
  ])('%s is refused for the same reason as a real one', async (operation, wrong) => {
    const parameters = { ...requests()[operation], ...wrong }
    const dry = await post(operation, { ...parameters, ...DRY })
    expect(dry).toEqual(await post(operation, parameters))
    expect(dry.status).toBe(400)
  })

  it('does not use up its client token', async () => {
    const { RunInstances } = requests()
    await post('RunInstances', { ...RunInstances, ...DRY })
    const other = { ...RunInstances, InstanceType: 'c7a.large' }
    expect((await post('RunInstances', other)).status).toBe(200)
  })

  it('never changes the world, whatever it asks for', async () => {
    const before = structuredClone(running.drill.world())
    const { proxies, allocations } = idsOf()
    const valid = Object.values(requests()).flatMap(Object.entries)
    const ids = [...proxies, ...allocations, 'i-00000000000000bad', '']
    const value = fc.oneof(fc.constantFrom(...ids, '1', '2', '21', 'true'), fc.string({ maxLength: 8 }))
    const name = fc.constantFrom(...valid.map(([key]) => key))
    const oddities = fc.dictionary(name, value, { maxKeys: 3 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...OPERATIONS), oddities, async (operation, odd) => {
        const { status } = await post(operation, { ...requests()[operation], ...odd, ...DRY })
        expect([400, 412]).toContain(status)
        expect(running.drill.world()).toEqual(before)
      }),
      { numRuns: 60 },
    )
    expect(linesOf(running.dir, 'world')).toEqual([])
  })
})
