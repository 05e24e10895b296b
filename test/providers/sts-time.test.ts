import { afterEach, describe, expect, it } from 'vitest'
import { createProviders } from '../../src/providers/providers.js'
import { fastClock, jumpingClock } from './clock.js'
import { type AwsServer, awsError, awsServer, tcpServer } from './servers.js'
import { failureOf, okOf, testWire } from './wire.js'

let server: AwsServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const THEN = 'Wed, 21 Oct 2015 07:28:00 GMT'

const timeAt = async (awsUrl: string, clock = jumpingClock()) =>
  okOf(await createProviders(testWire({ awsUrl, clock })).sts()).time(3_000)

describe('the time at STS', () => {
  it('is told also by an answer that refuses, for a wrong clock is why it refuses', async () => {
    server = await awsServer((_, reply) => {
      reply.setHeader('date', THEN)
      awsError(reply, 403, 'SignatureDoesNotMatch', 'Signature expired')
    })
    expect(okOf(await timeAt(server.url))).toBe(Date.UTC(2015, 9, 21, 7, 28))
    expect(server.asked).toHaveLength(1)
  })

  it('is not known of an answer without a date', async () => {
    server = await awsServer((_, reply) => {
      reply.sendDate = false
      awsError(reply, 403, 'ExpiredToken')
    })
    expect(failureOf(await timeAt(server.url)).code).toBe('ec2.credentials')
  })

  it('is not known where nobody answers', async () => {
    const silent = await tcpServer(() => undefined)
    expect(failureOf(await timeAt(`http://127.0.0.1:${silent.port}`, fastClock(20))).code).toBe(
      'ec2.unavailable',
    )
    await silent.close()
  })
})
