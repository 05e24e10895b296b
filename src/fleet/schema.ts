import * as z from 'zod'
import { FILTER_BY } from './fleet.js'
import { proxyGroup, shardGroup } from './schema-group.js'
import { duration, perPosture, port, sshUser, text } from './schema-values.js'

/** Numbers that EC2 lets anybody use. */
const ruleNumber = z.int().min(1).max(32_766)

/** By its id; or with what is ours of it: a range of numbers that nobody else uses, and how many rules it may have. */
const networkAcl = z
  .union([
    text,
    z.strictObject({
      id: text,
      numbers: z.strictObject({ from: ruleNumber, to: ruleNumber }).optional(),
      quota: z.int().min(2).max(1_000).optional(),
    }),
  ])
  .transform(written => {
    const { id, numbers, quota } = typeof written === 'string' ? { id: written } : written
    return { id, numbers: numbers ?? OUR_NUMBERS, quota: quota ?? USUAL_QUOTA }
  })
  .refine(({ numbers }) => numbers.from <= numbers.to, {
    message: 'must not begin above its end',
    path: ['numbers'],
  })

/** Below 100, where the first rule of an ACL usually stands. */
const OUR_NUMBERS = { from: 1, to: 99 }
/** Of one direction, EC2's own last rule included; EC2 raises it to 40 for who asks. */
const USUAL_QUOTA = 20

const cluster = z.strictObject({
  proxies: proxyGroup,
  shards: shardGroup.optional(),
  network_acl: networkAcl.optional(),
  filter_by: z.enum(FILTER_BY).optional(),
})

/** Also part of file names, so without a slash or a leading dot. */
const clusterName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
    'must have letters, digits, and - _ . only, and begin with one of the first two',
  )

const filter = z
  .strictObject({
    widest: z.strictObject({ ipv4: z.int().min(0).max(32), ipv6: z.int().min(0).max(128) }),
    max_ttl: duration,
    default_ttl: duration,
  })
  .refine(({ max_ttl, default_ttl }) => default_ttl <= max_ttl, {
    error: 'must not be longer than `max_ttl`',
    path: ['default_ttl'],
  })

const guardrails = z.strictObject({
  max_unavailable_proxies: perPosture(z.int().min(0)),
  failures: perPosture(z.int().min(1)),
  flush: z.strictObject({ max_fraction: perPosture(z.number().min(0).max(1)), per: duration }).optional(),
  filter: filter.optional(),
  commands: z.array(z.array(text).min(1)).default([]),
})

/** Taken from the fleet file's folder; there is no shell that would know whose home `~` is. */
const file = text.regex(
  /^[^~"][^"\r\n]*$/,
  'must be a path, absolute or from the folder of this file; `~` is not known here',
)

const hostCa = z
  .string()
  .regex(
    /^(?:ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/=]+(?: [^\r\n]*)?$/,
    'must be a public key on one line, such as "ssh-ed25519 AAAA… comment"',
  )

const ssh = z.strictObject({
  user: sshUser.optional(),
  port: port.optional(),
  config: file.optional(),
  known_hosts: file.optional(),
  host_ca: z
    .union([hostCa, z.array(hostCa).min(1)])
    .transform(keys => [keys].flat())
    .optional(),
})

/** Argv each, without a shell. Both: what nothing takes back is no throttle. */
const argv = z.array(text).min(1)
const log = z.strictObject({ throttle: argv, restore: argv })

/** The fleet file as it is written. Strict everywhere: a guardrail that nobody reads guards nothing. */
export const fleetFile = z
  .strictObject({
    account: z
      .string()
      .regex(/^\d{12}$/, 'must be 12 digits in quotes, such as "123456789012"')
      .optional(),
    region: text.optional(),
    clusters: z
      .record(clusterName, cluster)
      .refine(clusters => Object.keys(clusters).length > 0, 'must have at least one cluster'),
    guardrails,
    ssh: ssh.optional(),
    log: log.optional(),
    allowlist: z.strictObject({ files: z.array(text).min(1), max_age: duration }).optional(),
  })
  .superRefine((fleet, context) => {
    const usesEc2 = Object.values(fleet.clusters).some(
      ({ proxies, shards }) => proxies.discover.ec2 !== undefined || shards?.discover.ec2 !== undefined,
    )
    if (usesEc2 && fleet.region === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['region'],
        message: 'discovery through EC2 needs it: region: us-east-1',
      })
    }
  })

export type FleetFile = z.infer<typeof fleetFile>
