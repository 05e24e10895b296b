import {
  AssociateAddressCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  type EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import type { Permission } from '../../domain/permission.js'
import type { AwsCaller } from '../aws/call.js'
import { awsCall } from '../aws/call.js'
import { readSdkError } from '../aws/wire-error.js'
import type { Ec2Probe } from '../contract.js'
import { associateInput, createTagsInput, deleteTagsInput, terminateInput } from './inputs.js'
import { launchInput } from './launch.js'

/** Nobody waits long for an answer that refuses nothing. */
const PATIENCE_MS = 5_000

/**
 * Asks EC2 whether the caller may do that, without doing it. A permission says nothing about capacity, quotas or
 * what EC2 would think of the parameters later; only a clear no is `denied`.
 */
export const mayI = async (client: EC2Client, caller: AwsCaller, probe: Ec2Probe): Promise<Permission> => {
  const { operation } = probe
  const said = await awsCall(caller, {
    endpoint: 'ec2',
    operation: `${operation} (DryRun)`,
    mutating: false,
    patience: PATIENCE_MS,
    send: abortSignal => sendDry(client, probe, abortSignal).then(() => ignored(probe), verdict),
  })
  const answer: Answer = said.ok ? said.value : { verdict: 'unknown', detail: said.failure.message }
  return { permission: `ec2:${operation}`, ...answer }
}

type Answer = Pick<Permission, 'verdict' | 'detail'>

/** Both answers are errors to the SDK. Any other error is thrown on, for the call to class and perhaps to try again. */
const verdict = (thrown: unknown): Answer => {
  const { code, text } = readSdkError(thrown)
  if (code === 'DryRunOperation') return { verdict: 'allowed', detail: 'EC2 would permit it.' }
  if (code === 'UnauthorizedOperation') return { verdict: 'denied', detail: `${code}: ${text ?? ''}` }
  throw thrown
}

/** A success is the one answer that a dry run never has. */
const ignored = ({ operation, ...parameters }: Ec2Probe): Answer => ({
  verdict: 'unknown',
  detail:
    `THE SERVER IGNORED DryRun: it answered ${operation} as done, and may have done it. ` +
    `Look now, and take it back by hand: ${JSON.stringify(parameters)}`,
})

const sendDry = (client: EC2Client, probe: Ec2Probe, abortSignal: AbortSignal): Promise<unknown> => {
  const options = { abortSignal }
  switch (probe.operation) {
    case 'RunInstances':
      return client.send(new RunInstancesCommand({ ...launchInput(probe.request), ...DRY }), options)
    case 'CreateTags':
      return client.send(new CreateTagsCommand({ ...createTagsInput(probe.ids, probe.tags), ...DRY }), options)
    case 'DeleteTags':
      return client.send(new DeleteTagsCommand({ ...deleteTagsInput(probe.ids, probe.keys), ...DRY }), options)
    case 'AssociateAddress':
      return client.send(new AssociateAddressCommand({ ...associateInput(probe.request), ...DRY }), options)
    case 'TerminateInstances':
      return client.send(new TerminateInstancesCommand({ ...terminateInput(probe.ids), ...DRY }), options)
  }
}

const DRY = { DryRun: true } as const
