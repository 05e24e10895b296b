import * as z from 'zod'
import type { Prefix } from '../../fleet/addresses/prefix.js'

const tags = z.record(z.string(), z.string())
const ids = z.array(z.string())
const place = { number: z.number(), direction: z.enum(['ingress', 'egress']) }

/** One line of `world.log`: a request that changed the world, at its virtual time. */
export const change = z.discriminatedUnion('operation', [
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('ec2'),
    operation: z.literal('RunInstances'),
    args: z.strictObject({
      cluster: z.string(),
      subnet: z.string(),
      instanceType: z.string(),
      clientToken: z.string().optional(),
      /** Every parameter but the token, as canonical JSON: the same token must come with the same. */
      parameters: z.string(),
      tags,
    }),
    result: z.strictObject({
      reservation: z.string(),
      instances: z.array(z.strictObject({ id: z.string(), privateIp: z.string() })),
    }),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('ec2'),
    operation: z.literal('CreateTags'),
    args: z.strictObject({ resources: ids, tags }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('ec2'),
    operation: z.literal('DeleteTags'),
    args: z.strictObject({ resources: ids, keys: ids }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('ec2'),
    operation: z.literal('AssociateAddress'),
    args: z.strictObject({ allocationId: z.string(), instance: z.string() }),
    result: z.strictObject({ associationId: z.string() }),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('ec2'),
    operation: z.literal('DisassociateAddress'),
    args: z.strictObject({ allocationId: z.string() }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('ec2'),
    operation: z.literal('ModifyInstanceAttribute'),
    args: z.strictObject({ instance: z.string(), protected: z.boolean() }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('ec2'),
    operation: z.literal('TerminateInstances'),
    args: z.strictObject({ instances: ids }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('ec2'),
    operation: z.literal('CreateNetworkAclEntry'),
    args: z.strictObject({
      acl: z.string(),
      entry: z.strictObject({
        ...place,
        effect: z.enum(['allow', 'deny']),
        // As it was logged, it was canonical.
        cidr: z.string().transform(cidr => cidr as Prefix),
        protocol: z.string(),
        ports: z.strictObject({ from: z.number(), to: z.number() }).optional(),
      }),
    }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('ec2'),
    operation: z.literal('DeleteNetworkAclEntry'),
    args: z.strictObject({ acl: z.string(), ...place }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('haproxy'),
    operation: z.enum(['disable frontend', 'enable frontend', 'shutdown sessions server']),
    args: z.strictObject({ instance: z.string(), frontend: z.string() }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('haproxy'),
    operation: z.literal('set weight'),
    args: z.strictObject({
      instance: z.string(),
      backend: z.string(),
      server: z.string(),
      weight: z.number(),
    }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('haproxy'),
    operation: z.literal('set rate-limit connections global'),
    args: z.strictObject({ instance: z.string(), limit: z.number() }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('haproxy'),
    operation: z.enum(['add acl', 'del acl']),
    args: z.strictObject({ instance: z.string(), pattern: z.string() }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('haproxy'),
    operation: z.literal('shutdown session'),
    args: z.strictObject({ instance: z.string(), frontend: z.string(), session: z.number() }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('memcached'),
    operation: z.literal('flush_all'),
    args: z.strictObject({ instance: z.string() }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('memcached'),
    operation: z.literal('verbosity'),
    args: z.strictObject({ instance: z.string(), level: z.number() }),
    result: z.null(),
  }),
  z.strictObject({
    at: z.number(),
    endpoint: z.literal('memcached'),
    operation: z.literal('set'),
    args: z.strictObject({ instance: z.string(), key: z.string(), flags: z.string(), data: z.string() }),
    result: z.null(),
  }),
])

export type Change = z.infer<typeof change>
export type ChangeOf<Operation extends Change['operation']> = Extract<Change, { operation: Operation }>
