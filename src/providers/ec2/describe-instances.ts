import type { EC2Client } from '@aws-sdk/client-ec2'
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2'
import type { Result } from '../../domain/result.js'
import { fail, ok } from '../../domain/result.js'
import type { AwsCaller } from '../aws/call.js'
import { awsCall } from '../aws/call.js'
import type { Filter, Instance, InstanceQuery } from '../contract.js'
import { toInstance } from './instance.js'

const MOST_PAGES = 100

/** Every page; `patience` is for all of them together. */
export const describeInstances = async (
  client: EC2Client,
  caller: AwsCaller,
  query: InstanceQuery,
): Promise<Result<Instance[]>> => {
  const end = query.patience === undefined ? undefined : caller.clock.now() + query.patience
  const found: Instance[] = []
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const input = { ...toInput(query), ...(token === undefined ? {} : { NextToken: token }) }
    const reply = await awsCall(caller, {
      endpoint: 'ec2',
      operation: 'DescribeInstances',
      mutating: false,
      ...(end === undefined ? {} : { patience: end - caller.clock.now() }),
      send: abortSignal => client.send(new DescribeInstancesCommand(input), { abortSignal }),
    })
    if (!reply.ok) return reply
    const instances = (reply.value.Reservations ?? []).flatMap(reservation => reservation.Instances ?? [])
    found.push(...instances.map(toInstance).filter(instance => instance !== undefined))
    token = reply.value.NextToken
    if (!token) return ok(found)
  }
  return fail(
    'ec2.unavailable',
    `DescribeInstances: EC2 still had more after ${MOST_PAGES} pages.`,
    'Narrow the discovery tags in the fleet file.',
  )
}

/** EC2 refuses a page size together with ids. */
const toInput = (query: InstanceQuery) => ({
  ...(query.filters ? { Filters: toFilters(query.filters) } : {}),
  ...(query.ids ? { InstanceIds: [...query.ids] } : { MaxResults: 1_000 }),
})

export const toFilters = (filters: readonly Filter[]) =>
  filters.map(filter => ({ Name: filter.name, Values: [...filter.values] }))
