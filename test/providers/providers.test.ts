import { afterEach, describe, expect, it, vi } from 'vitest'
import { fail, ok } from '../../src/domain/result.js'
import { prefixAround } from '../../src/fleet/addresses/prefix.js'
import { createProviders } from '../../src/providers/providers.js'
import type { SentRequest } from '../../src/providers/wire.js'
import type { AwsServer } from './servers.js'
import { awsError, awsReply, awsServer } from './servers.js'
import { failureOf, okOf, testWire } from './wire.js'

let server: AwsServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
  vi.restoreAllMocks()
})

const IDENTITY = '<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>'

describe('the providers', () => {
  it('have no EC2 and no STS where there is no region to ask', async () => {
    const providers = createProviders(testWire())
    expect(failureOf(await providers.ec2()).code).toBe('ec2.unavailable')
    expect(failureOf(await providers.sts()).message).toContain('STS')
  })

  it('ask STS whose account it is', async () => {
    server = await awsServer((_, reply) => awsReply(reply, 'GetCallerIdentity', IDENTITY))
    const wire = testWire({ awsUrl: server.url })
    const sts = okOf(await createProviders(wire).sts())
    expect(okOf(await sts.account())).toBe('123456789012')
    expect(wire.sent).toEqual([{ endpoint: 'sts', operation: 'GetCallerIdentity', mutating: false }])
  })

  it('say what STS said', async () => {
    server = await awsServer((_, reply) =>
      awsError(reply, 403, 'InvalidClientTokenId', 'The security token is invalid.'),
    )
    const sts = okOf(await createProviders(testWire({ awsUrl: server.url })).sts())
    expect(failureOf(await sts.account()).code).toBe('ec2.auth')
  })

  it('record each request where their own command records', async () => {
    server = await awsServer((_, reply) => awsReply(reply, 'DescribeInstances', '<reservationSet/>'))
    const wire = testWire({ awsUrl: server.url })
    const all = createProviders(wire)
    const own: SentRequest[] = []
    const ec2 = okOf(await all.withRecorder(request => void own.push(request)).ec2())
    await ec2.describeInstances({})
    expect(own).toHaveLength(1)
    expect(wire.sent).toEqual([])
    all.close()
  })

  it('leave a drill by no host: it has no nftables', async () => {
    const { look, deny, allow } = createProviders(testWire()).nftables('ssh://192.0.2.1')
    const scope = { protocol: 'tcp', ports: { from: 11_211, to: 11_211 } } as const
    const client = prefixAround('198.51.100.1', 32)
    const asked = [look(), deny([client], scope, 60), allow([client], scope)]
    for (const one of await Promise.all(asked)) expect(failureOf(one).code).toBe('drill.escape')
  })

  it('send nothing that is not admitted', async () => {
    server = await awsServer(({ action }, reply) => awsReply(reply, action, '<reservationSet/>'))
    const wire = testWire({ awsUrl: server.url })
    const admit = ({ mutating }: SentRequest) =>
      mutating ? fail('guardrail.refused', 'Effects are withheld.', 'Nothing to do.') : ok(null)
    const providers = createProviders(wire).withRecorder(wire.record, admit)
    const proxy = providers.haproxy(`tcp://127.0.0.1:${server.port}`)
    expect(failureOf(await proxy.disableFrontend('shard1')).code).toBe('guardrail.refused')
    const ec2 = okOf(await providers.ec2())
    expect(failureOf(await ec2.createTags(['i-1'], { a: 'b' })).code).toBe('guardrail.refused')
    expect(wire.sent).toEqual([])
    expect(server.asked).toEqual([])
    okOf(await ec2.describeInstances({}))
  })

  it('send the user agent of firebreak after that of the SDK, and print no warning about Node', async () => {
    const warned = vi.spyOn(process, 'emitWarning')
    server = await awsServer((_, reply) => awsReply(reply, 'DescribeInstances', '<reservationSet/>'))
    const ec2 = okOf(await createProviders(testWire({ awsUrl: server.url })).ec2())
    await ec2.describeInstances({})
    expect(server.asked[0]?.headers['user-agent']).toMatch(/^aws-sdk-js\/\S+ .* firebreak\/0\.1\.0$/)
    expect(warned).not.toHaveBeenCalled()
  })
})
