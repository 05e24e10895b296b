import * as z from 'zod'
import { didYouMean } from '../source/nearest.js'
import { haproxyFile, haproxyName, port, prefix, text } from './schema-values.js'
import { templateFields } from './template.js'

const staticTarget = z.object({ id: text }).catchall(text)

const discover = z
  .strictObject({
    ec2: z
      .strictObject({
        tags: z
          .record(z.string(), text)
          .refine(
            tags => Object.keys(tags).length > 0,
            'must name a tag: without one every instance of the Region is a target',
          ),
      })
      .optional(),
    static: z
      .array(staticTarget)
      .min(1)
      .refine(targets => !hasTwice(targets.map(({ id }) => id)), 'must not have two targets with one id')
      .optional(),
  })
  .refine(({ ec2, static: list }) => (ec2 === undefined) !== (list === undefined), {
    error: 'must have one of `ec2` and `static`',
    abort: true, // the addresses cannot be judged then
  })

const frontend = z.union([haproxyName, z.strictObject({ name: haproxyName, port })])

const adminUrl = z
  .string()
  .regex(
    /^(?:tcp:\/\/.+:\d+|unix:.+|ssh:\/\/[^/\s]+(?:\/[\w@+=,.{}-]+)+)$/,
    'must be tcp://…:PORT, unix:/PATH or ssh://…/PATH, such as ssh://{private_ip}/run/haproxy/admin.sock',
  )

const dataUrl = z.string().regex(/^tcp:\/\/.+:\d+$/, 'must be tcp://…:PORT, such as tcp://{private_ip}:11211')

/** Shards have one address each, so their port may be a field of a static target. */
const shardUrl = z
  .string()
  .regex(
    /^(?:tcp:\/\/.+:(?:\d+|\{\w+\})|unix:.+)$/,
    'must be tcp://…:PORT or unix:/PATH, such as tcp://{private_ip}:11211',
  )

export const proxyGroup = z
  .strictObject({
    kind: z.literal('haproxy'),
    discover,
    admin: adminUrl,
    data: dataUrl,
    frontends: z
      .array(frontend)
      .min(1)
      .refine(
        list => !hasTwice(list.map(entry => (typeof entry === 'string' ? entry : entry.name))),
        'must not name a frontend twice',
      ),
    deny_list: haproxyFile.optional(),
    client_table: haproxyName.optional(),
    health_checkers: z.array(prefix).default([]),
    launch_template: text.optional(),
    subnets: z.array(text).default([]),
    instance_types: z.array(text).default([]),
    address: z.enum(['elastic-ip', 'target-group', 'none']).default('none'),
    min_healthy: z.int().min(0),
  })
  .superRefine((group, context) => checkTemplates(group, { admin: group.admin, data: group.data }, context))

export const shardGroup = z
  .strictObject({ kind: z.literal('memcached'), discover, data: shardUrl })
  .superRefine((group, context) => checkTemplates(group, { data: group.data }, context))

/** What EC2 says of an instance that an address can be made of. */
const INSTANCE_FIELDS = ['private_ip', 'public_ip', 'id']

/** Every field of a template must be known; a static target must have those that the templates name. */
const checkTemplates = (
  group: { readonly discover: z.infer<typeof discover> },
  templates: { readonly [key: string]: string },
  context: z.RefinementCtx<unknown>,
): void => {
  const targets = group.discover.static ?? []
  const own = [...new Set(targets.flatMap(target => Object.keys(target)))]
  const known = group.discover.static === undefined ? INSTANCE_FIELDS : own
  const refuse = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message })
  for (const [key, template] of Object.entries(templates)) {
    const name = templateFields(template).find(field => !known.includes(field))
    if (name !== undefined) refuse([key], unknownField(name, known))
  }
  const used = Object.values(templates).flatMap(templateFields)
  for (const [index, target] of targets.entries()) {
    const lacking = own.find(field => used.includes(field) && !Object.hasOwn(target, field))
    if (lacking !== undefined)
      refuse(['discover', 'static', index], `must have \`${lacking}\`: an address uses it`)
  }
}

const unknownField = (name: string, known: readonly string[]): string => {
  const meant = didYouMean(name, known)
  const fields = `the fields here are ${known.join(', ')}`
  return `must not use {${name}}: ${fields}${meant === undefined ? '' : `; ${meant}`}`
}

const hasTwice = (names: readonly string[]): boolean => new Set(names).size < names.length
