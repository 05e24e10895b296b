import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { fail, ok } from '../../domain/result.js'
import type { AwsCaller } from '../aws/call.js'
import { awsCall } from '../aws/call.js'
import { clientOptions } from '../aws/client-options.js'
import { hearDate } from '../aws/hear-date.js'
import type { Sts } from '../contract.js'
import type { AwsWire } from '../wire.js'

/** Imported only when STS is first needed: with this file comes the whole SDK. */
export const createStsClient = (aws: AwsWire): STSClient => new STSClient(clientOptions(aws))

export const sts = (client: STSClient, caller: AwsCaller): Sts => ({
  account: async patience => {
    const reply = await awsCall(caller, {
      endpoint: 'sts',
      operation: 'GetCallerIdentity',
      mutating: false,
      ...(patience === undefined ? {} : { patience }),
      send: abortSignal => client.send(new GetCallerIdentityCommand({}), { abortSignal }),
    })
    if (!reply.ok) return reply
    if (reply.value.Account) return ok(reply.value.Account)
    return fail(
      'ec2.unavailable',
      'GetCallerIdentity: the answer of STS names no account.',
      'Check by hand which account these credentials belong to (aws sts get-caller-identity).',
    )
  },
  time: async patience => {
    const command = new GetCallerIdentityCommand({})
    const heard = hearDate(command)
    const reply = await awsCall(caller, {
      endpoint: 'sts',
      operation: 'GetCallerIdentity',
      mutating: false,
      ...(patience === undefined ? {} : { patience }),
      send: abortSignal => client.send(command, { abortSignal }),
    })
    const at = heard()
    if (at !== undefined) return ok(at)
    if (!reply.ok) return reply
    return fail(
      'ec2.unavailable',
      'GetCallerIdentity: the answer of STS has no date.',
      'Compare the clock of this machine by hand (date -u).',
    )
  },
})
