import { afterEach, expect, it } from 'vitest'
import { fail, ok } from '../../src/domain/result.js'
import { createProviders } from '../../src/providers/providers.js'
import { jumpingClock } from './clock.js'
import { type AwsServer, awsError, awsServer } from './servers.js'
import { failureOf, okOf, testWire } from './wire.js'

let server: AwsServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** A launch that may be sent once only, at an EC2 that answers so. */
const launchOnce = async (status: number, code: string) => {
  server = await awsServer((_, reply) => awsError(reply, status, code))
  const wire = testWire({ awsUrl: server.url, clock: jumpingClock() })
  let sent = 0
  const admit = () => {
    sent += 1
    return sent === 1 ? ok(null) : fail('incident.lost', 'the incident was taken over.', 'stop')
  }
  const ec2 = okOf(await createProviders(wire).withRecorder(wire.record, admit).ec2())
  return failureOf(
    await ec2.runInstance({
      launchTemplate: 'lt-proxy',
      subnet: 's',
      instanceType: 't',
      clientToken: 'tok',
      tags: {},
    }),
  )
}

it('a change that was throttled is not sent again where it may no longer be', async () => {
  expect((await launchOnce(503, 'RequestLimitExceeded')).code).toBe('incident.lost')
  expect(server?.asked).toHaveLength(1)
})

it('a change whose first try may have been carried out stays in doubt', async () => {
  expect((await launchOnce(500, 'InternalError')).code).toBe('ec2.ambiguous')
  expect(server?.asked).toHaveLength(1)
})
