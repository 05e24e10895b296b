import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { Ec2 } from '../../src/providers/contract.js'
import { createProviders } from '../../src/providers/providers.js'
import { fastClock, jumpingClock } from './clock.js'
import type { AwsServer } from './servers.js'
import { awsError, awsReply, awsServer } from './servers.js'
import { failureOf, okOf, testWire } from './wire.js'

let server: AwsServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

type Answer = (reply: ServerResponse, number: number) => void

const ec2Against = async (answer: Answer, clock = jumpingClock()) => {
  server = await awsServer((_, reply, number) => answer(reply, number))
  const wire = testWire({ awsUrl: server.url, clock })
  return { ec2: okOf(await createProviders(wire).ec2()), wire, asked: server.asked }
}

const look = (ec2: Ec2) => ec2.describeInstances({ ids: ['i-1'] })
const tag = (ec2: Ec2) => ec2.createTags(['i-1'], { a: 'b' })
const launch = (ec2: Ec2) =>
  ec2.runInstance({
    launchTemplate: 'lt-proxy',
    subnet: 's',
    instanceType: 't',
    clientToken: 'tok',
    tags: {},
  })
const NONE = '<reservationSet/>'

describe('EC2, when it fails,', () => {
  it('is asked again after 0.5, 1, 2, 4 and 8 seconds, on the injected clock', async () => {
    const answer: Answer = (reply, number) =>
      number < 7 ? awsError(reply, 503, 'RequestLimitExceeded') : awsReply(reply, 'DescribeInstances', NONE)
    const { ec2, wire, asked } = await ec2Against(answer)
    expect(okOf(await look(ec2))).toEqual([])
    const pauses = wire.clock.slept.filter((_, index) => index % 2 === 1) // each follows a request's deadline
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000])
    expect(asked).toHaveLength(7)
    expect(wire.sent).toHaveLength(7)
  })

  it('is given up after a bounded number of tries', async () => {
    const { ec2, asked } = await ec2Against(reply => awsError(reply, 503, 'RequestLimitExceeded'))
    const failed = failureOf(await look(ec2))
    expect(failed).toMatchObject({ code: 'ec2.throttled', kind: 'environment' })
    expect(failed.message).toContain(`after ${asked.length} tries`)
    expect(asked.length).toBeLessThanOrEqual(8)
  })

  it('is given up when patience ends', async () => {
    const { ec2, asked } = await ec2Against(reply => awsError(reply, 503, 'RequestLimitExceeded'))
    failureOf(await ec2.describeInstances({ patience: 2_000 }))
    expect(asked.length).toBeLessThanOrEqual(3)
  })

  it.each<[string, Answer, string]>([
    ['an HTML page with 500', reply => html(reply, 500), 'HTTP 500'],
    ['an HTML page with 200', reply => html(reply, 200), 'HTTP 200'],
    ['an empty 503', reply => reply.writeHead(503).end(), 'HTTP 503'],
    ['garbage', reply => reply.end(Buffer.from([0, 1, 2, 255])), 'HTTP 200'],
    ['a connection cut before the answer', reply => reply.socket?.destroy(), 'ECONNRESET'],
    ['a connection cut in the answer', reply => cut(reply), 'ECONNRESET'],
  ])('%s is never shown raw', async (_, answer, text) => {
    const { ec2, asked } = await ec2Against(answer)
    const failed = failureOf(await look(ec2))
    expect(failed.code).toBe('ec2.unavailable')
    expect(failed.message).toContain(text)
    expect(failed.message).not.toMatch(/XML|[dD]eserialization|[<>]/)
    expect(asked.length).toBeGreaterThan(1)
  })

  it.each<[string, Answer]>([
    ['that never answers', () => undefined],
    ['that answers byte by byte', reply => drip(reply)],
  ])('one %s is left alone after a deadline', async (_, answer) => {
    const { ec2, wire } = await ec2Against(answer, fastClock(500))
    const failed = failureOf(await look(ec2))
    expect(failed.code).toBe('ec2.unavailable')
    expect(failed.message).toContain('EC2 did not answer in time')
    await expect.poll(() => wire.clock.open()).toBe(0)
  })

  it('one that refuses connections was never asked', async () => {
    const { ec2, wire } = await ec2Against(() => undefined)
    await server?.close()
    const failed = failureOf(await tag(ec2))
    expect(failed.code).toBe('ec2.unavailable')
    expect(failed.message).toContain('ECONNREFUSED')
    expect(wire.sent).toEqual([])
  })

  it.each([
    ['InsufficientInstanceCapacity', 500, 'ec2.capacity'],
    ['VcpuLimitExceeded', 400, 'ec2.quota'],
    ['IdempotentParameterMismatch', 400, 'ec2.ambiguous'],
    ['ExpiredToken', 400, 'ec2.credentials'],
    ['RequestExpired', 400, 'ec2.credentials'],
    ['UnauthorizedOperation', 403, 'ec2.auth'],
    ['InvalidInstanceID.NotFound', 400, 'ec2.not-found'],
    ['InvalidParameterValue', 400, 'ec2.rejected'],
  ])('%s is not asked again, and is %s %s', async (code, status, failureCode) => {
    const { ec2, asked } = await ec2Against(reply => awsError(reply, status, code, 'The words of EC2.'))
    const failed = failureOf(await tag(ec2))
    expect(failed.code).toBe(failureCode)
    expect(failed.message).toContain(`${code}, The words of EC2`)
    expect(asked).toHaveLength(1)
  })
})

describe('a change whose answer was lost', () => {
  it('is made again with the same client token', async () => {
    const { ec2, wire, asked } = await ec2Against((reply, number) =>
      number === 1 ? reply.socket?.destroy() : awsReply(reply, 'RunInstances', LAUNCHED),
    )
    expect(okOf(await launch(ec2)).id).toBe('i-1')
    expect(asked.map(one => one.body.get('ClientToken'))).toEqual(['tok', 'tok'])
    expect(wire.sent).toEqual(Array(2).fill({ endpoint: 'ec2', operation: 'RunInstances', mutating: true }))
  })

  it('is ambiguous when every answer was lost', async () => {
    const { ec2 } = await ec2Against(reply => reply.socket?.destroy())
    expect(failureOf(await tag(ec2)).code).toBe('ec2.ambiguous')
  })

  it.each([
    ['RequestLimitExceeded', 503],
    ['ExpiredToken', 400],
    ['RequestExpired', 400],
    ['UnauthorizedOperation', 403],
    ['AuthFailure', 401],
    ['InvalidParameterValue', 400],
    ['VcpuLimitExceeded', 400],
    ['InvalidInstanceID.NotFound', 400],
  ])(
    'stays ambiguous when a later try is turned away by %s, which says nothing of the first',
    async (code, status) => {
      const { ec2 } = await ec2Against((reply, number) =>
        number === 1 ? reply.socket?.destroy() : awsError(reply, status, code),
      )
      const failed = failureOf(await launch(ec2))
      expect(failed.code).toBe('ec2.ambiguous')
      expect(failed.message).toContain(code)
    },
  )

  it.each([
    ['is decided by a missing capacity where it has a client token', launch, 'ec2.capacity'],
    ['is not decided by it where it has none', tag, 'ec2.ambiguous'],
  ])('%s', async (_what, change, code) => {
    const { ec2 } = await ec2Against((reply, number) =>
      number === 1 ? reply.socket?.destroy() : awsError(reply, 500, 'InsufficientInstanceCapacity'),
    )
    expect(failureOf(await change(ec2)).code).toBe(code)
  })

  it('that only looks is not ambiguous', async () => {
    const { ec2 } = await ec2Against((reply, number) =>
      number === 1 ? reply.socket?.destroy() : awsError(reply, 400, 'ExpiredToken'),
    )
    expect(failureOf(await look(ec2)).code).toBe('ec2.credentials')
  })

  it('throttled alone is known not to be done', async () => {
    const { ec2 } = await ec2Against(reply => awsError(reply, 503, 'RequestLimitExceeded'))
    expect(failureOf(await tag(ec2)).code).toBe('ec2.throttled')
  })
})

const LAUNCHED =
  '<instancesSet><item><instanceId>i-1</instanceId><instanceState><name>pending</name></instanceState></item></instancesSet>'

const html = (reply: ServerResponse, status: number): void => {
  reply.writeHead(status, { 'content-type': 'text/html' })
  reply.end('<!doctype html><html><title>Oops</title><p>unclosed</html>')
}

const cut = (reply: ServerResponse): void => {
  reply.writeHead(200, { 'content-length': 1_000 })
  reply.write('<DescribeInstancesResponse>', () => reply.socket?.destroy())
}

const drip = (reply: ServerResponse): void => {
  const timer = setInterval(() => reply.write(' '), 2)
  reply.on('close', () => clearInterval(timer))
}
