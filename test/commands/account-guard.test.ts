import { afterEach, beforeEach, expect, it } from 'vitest'
import { guardAccount } from '../../src/commands/support/account-guard.js'
import { createProviders, type ProviderSet } from '../../src/providers/providers.js'
import { fleet } from '../drill/story.js'
import { failureOf, okOf } from '../engine/results.js'
import { type AwsServer, awsError, awsReply, awsServer } from '../providers/servers.js'
import { testWire } from '../providers/wire.js'

let server: AwsServer
let account: string
let expired: boolean
let providers: ProviderSet

beforeEach(async () => {
  account = fleet.account!
  expired = false
  server = await awsServer(({ action }, reply) => {
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

const guard = (unverified: boolean) => {
  const setting = { unverified } as Parameters<typeof guardAccount>[1] // it looks at nothing else of it
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
