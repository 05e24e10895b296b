import { afterEach, beforeEach, expect, it } from 'vitest'
import { guardAccount } from '../../src/commands/support/account-guard.js'
import type { Clock } from '../../src/domain/clock.js'
import { createProviders, type ProviderSet } from '../../src/providers/providers.js'
import { fleet } from '../drill/story.js'
import { failureOf, okOf } from '../engine/results.js'
import { type AwsServer, awsError, awsReply, awsServer } from '../providers/servers.js'
import { testWire } from '../providers/wire.js'

let server: AwsServer
let account: string
let expired: boolean
let answers: boolean
let providers: ProviderSet

beforeEach(async () => {
  account = fleet.account!
  expired = false
  answers = true
  server = await awsServer(({ action }, reply) => {
    if (!answers) return reply.destroy()
    if (action === 'GetCallerIdentity')
      return awsReply(
        reply,
        action,
        `<GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult>`,
      )
    return expired ? awsError(reply, 400, 'ExpiredToken') : awsReply(reply, action, '<reservationSet/>')
  })
  providers = createProviders(testWire({ awsUrl: server.url }))
})
afterEach(async () => {
  providers.close()
  await server.close()
})

const guard = (unverified: boolean, clock: Pick<Clock, 'now'> = { now: () => 0 }) => {
  const setting = { unverified, clock } as Parameters<typeof guardAccount>[1] // it looks at nothing else of it
  const ask = guardAccount(fleet, setting, providers)
  return () => ask(providers.ec2)
}
const asked = (): number => server.asked.filter(({ action }) => action === 'GetCallerIdentity').length

it('credentials that were compared before are not compared again', async () => {
  okOf(await guard(false)())
  expect(asked()).toBe(0)
})

it('credentials that could not be compared are, once, before EC2 is asked anything', async () => {
  const ec2 = guard(true)
  okOf(await ec2())
  okOf(await ec2())
  expect(asked()).toBe(1)
})

it('who did not say whose they are is not asked again for a while', async () => {
  let now = 0
  const ec2 = guard(true, { now: () => now })
  answers = false
  expect(failureOf(await ec2()).code).toBe('ec2.unavailable')
  const first = asked()
  answers = true
  expect(failureOf(await ec2()).code).toBe('ec2.unavailable')
  expect(asked()).toBe(first)
  now = 20_000
  okOf(await ec2())
  expect(asked()).toBe(first + 1)
})

it('renewed credentials are compared again: those of another account are refused', async () => {
  const ec2 = guard(false)
  expired = true
  expect(failureOf(await okOf(await ec2()).describeInstances({})).code).toBe('ec2.credentials')
  expired = false
  account = '999999999999'
  expect(failureOf(await ec2()).code).toBe('account.mismatch')
  expect(providers.renewals()).toBe(2) // what was renewed is wrong, and is to be read again
  account = fleet.account!
  okOf(await okOf(await ec2()).describeInstances({}))
})
