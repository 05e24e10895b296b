import { STATE_TAG } from '../../fleet/discovery.js'
import type { Condition, Granted, Ground, Statement, TagCondition } from './contract.js'

// What IAM can tell apart, from the Service Authorization Reference of EC2 and the EC2 and EBS user guides. Each
// resource that a request names must be allowed; a condition key that a resource does not have is never true for it,
// so every statement has only resources that all its conditions are known for.

/** Of each permission, on what and under which conditions. One that is not here is granted on everything, and said so. */
const SHAPES: { readonly [permission: string]: (ground: Ground) => Granted } = {
  'ec2:RunInstances': ground => runInstances(ground),
  'ec2:CreateTags': ground => tagging('CreateTags', ground),
  'ec2:DeleteTags': ground => tagging('DeleteTags', ground),
  'ec2:AssociateAddress': ground => addressing('AssociateAddress', ground),
  'ec2:DisassociateAddress': ground => addressing('DisassociateAddress', ground),
  'ec2:TerminateInstances': ground => terminating(ground),
  'ec2:CreateNetworkAclEntry': ground => filtering('CreateNetworkAclEntry', 'CreateTags', ground),
  'ec2:DeleteNetworkAclEntry': ground => filtering('DeleteNetworkAclEntry', 'DeleteTags', ground),
}

/** EC2 knows neither resources nor tags for these. */
const LOOKS = /^ec2:Describe\w+$/

export const grant = (permissions: readonly string[], ground: Ground): Granted => {
  const looks = permissions.filter(permission => LOOKS.test(permission))
  const changes = permissions.filter(permission => !LOOKS.test(permission) && permission !== ALWAYS_ALLOWED)
  const shaped = changes.map(permission => SHAPES[permission]?.(ground) ?? unknownShape(permission))
  return {
    statements: [
      ...(looks.length === 0 ? [] : [allow('Look', looks, ['*'], inRegion(ground))]),
      ...shaped.flatMap(({ statements }) => statements),
    ],
    blanks: [
      ...shaped.flatMap(({ blanks }) => blanks),
      ...(changes.length > 0 && ground.untagged.length > 0 ? [untagged(ground.untagged)] : []),
    ],
  }
}

/** By everybody, whatever a policy says. */
const ALWAYS_ALLOWED = 'sts:GetCallerIdentity'

const untagged = (clusters: readonly string[]): string =>
  `${clusters.join(', ')}: proxies that the fleet file lists by name have no tags to tell them by; nothing is granted on their instances`

const inRegion = ({ region }: Ground): Condition => ({ StringEquals: { 'aws:RequestedRegion': region } })

const allow = (
  Sid: string,
  Action: readonly string[],
  Resource: readonly string[],
  Condition?: Condition,
): Statement => ({ Sid, Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) })

const unknownShape = (permission: string): Granted => ({
  statements: [allow(`All${sidOf(permission)}`, [permission], ['*'])],
  blanks: [`${permission}: firebreak does not know how it can be narrowed down; it is granted on everything`],
})

/** A Sid has letters and digits only. */
const sidOf = (text: string): string => text.replace(/[^A-Za-z0-9]/g, '')

/**
 * A launch by a template. Subnet and type are those of the request, which override the template's, so
 * `ec2:IsLaunchTemplateResource` would refuse it. Image, security groups and the like are the template's.
 */
const runInstances = (ground: Ground): Granted => {
  const templates = ground.launchTemplates.map(name => templateArn(name, ground))
  const byTemplate: Condition = { ArnEquals: { 'ec2:LaunchTemplate': oneOrAll(templates) } }
  const { ec2Arn, partition, region, subnets, instanceTypes } = ground
  const made = ['network-interface', 'volume', 'security-group', 'key-pair'].map(type => ec2Arn(`${type}/*`))
  const images = ['image', 'snapshot'].map(type => `arn:${partition}:ec2:${region}::${type}/*`)
  const types: Condition = { StringEquals: { 'ec2:InstanceType': oneOrAll(instanceTypes) } }
  return {
    statements: [
      allow('LaunchFrom', ['ec2:RunInstances'], [...templates, ...subnets.map(id => ec2Arn(`subnet/${id}`))]),
      allow('LaunchWith', ['ec2:RunInstances'], [...made, ...images], byTemplate),
      ...perTags(ground.tags, 'aws:RequestTag', 'LaunchProxy', (Sid, tagged) =>
        allow(Sid, ['ec2:RunInstances'], [ec2Arn('instance/*')], both(both(byTemplate, types), tagged)),
      ),
      allow(
        'TagAtLaunch',
        ['ec2:CreateTags'],
        ['instance', 'network-interface', 'volume'].map(type => ec2Arn(`${type}/*`)),
        { StringEquals: { 'ec2:CreateAction': 'RunInstances' } },
      ),
      passRole(ground),
      ...encryptedVolumes(ground),
    ],
    blanks: [
      ...ground.launchTemplates
        .filter(isName)
        .map(
          name =>
            `${blankFor(name)}: the id of the launch template ${name} (aws ec2 describe-launch-templates --launch-template-names ${name})`,
        ),
      `${ROLE}: the role of the launch template's instance profile; without a profile take the statement PassRole out`,
      `${KEY}: the id of the KMS key of its volumes; where they are not encrypted, or by the key of AWS, take the statements Volume… out`,
    ],
  }
}

const isName = (template: string): boolean => !/^lt-[0-9a-f]{8,17}$/.test(template)

const blankFor = (name: string): string => `FILL-IN-ID-OF-${name}`

const templateArn = (template: string, { ec2Arn }: Ground): string =>
  ec2Arn(`launch-template/${isName(template) ? blankFor(template) : template}`)

const ROLE = 'FILL-IN-ROLE'
const KEY = 'FILL-IN-KEY-ID'

const passRole = ({ partition, account }: Ground): Statement =>
  allow('PassRole', ['iam:PassRole'], [`arn:${partition}:iam::${account}:role/${ROLE}`], {
    StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' },
  })

/** EBS makes and opens the volume's key on behalf of whoever launches. */
const encryptedVolumes = ({ partition, region, account }: Ground): readonly Statement[] => {
  const key = [`arn:${partition}:kms:${region}:${account}:key/${KEY}`]
  const via = { 'kms:ViaService': `ec2.${region}.amazonaws.com` }
  const uses = ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncrypt*']
  return [
    allow('VolumeKey', uses, key, { StringEquals: via }),
    allow('VolumeGrant', ['kms:CreateGrant'], key, {
      StringEquals: via,
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
    }),
  ]
}

/** Only our own tags, on proxies of the fleet: a tag of discovery on somebody else's instance would make it one. */
const tagging = (action: 'CreateTags' | 'DeleteTags', { ec2Arn, tags }: Ground): Granted => ({
  statements: perTags(tags, 'aws:ResourceTag', action, (Sid, tagged) =>
    allow(
      Sid,
      [`ec2:${action}`],
      [ec2Arn('instance/*')],
      both({ 'ForAllValues:StringLike': { 'aws:TagKeys': OURS } }, tagged),
    ),
  ),
  blanks: [],
})

const OURS = `${STATE_TAG.key.split(':')[0]}:*`

/** Which addresses the proxies have, the fleet file does not say. */
const addressing = (action: 'AssociateAddress' | 'DisassociateAddress', { ec2Arn, tags }: Ground): Granted => ({
  statements: [
    allow(`${action}Of`, [`ec2:${action}`], [ec2Arn('elastic-ip/*')]),
    ...perTags(tags, 'aws:ResourceTag', `${action}To`, (Sid, tagged) =>
      allow(Sid, [`ec2:${action}`], [ec2Arn('instance/*')], tagged),
    ),
  ],
  blanks: [],
})

const terminating = ({ ec2Arn, tags }: Ground): Granted => ({
  statements: perTags(tags, 'aws:ResourceTag', 'TerminateParked', (Sid, tagged) =>
    allow(
      Sid,
      ['ec2:TerminateInstances'],
      [ec2Arn('instance/*')],
      both({ StringEquals: { [`aws:ResourceTag/${STATE_TAG.key}`]: STATE_TAG.parked } }, tagged),
    ),
  ),
  blanks: [],
})

/** Of the ACLs that the fleet file names: IAM knows no single entry. Each entry has a tag of ours on its ACL. */
const filtering = (
  action: 'CreateNetworkAclEntry' | 'DeleteNetworkAclEntry',
  tag: 'CreateTags' | 'DeleteTags',
  { ec2Arn, networkAcls }: Ground,
): Granted => {
  const acls = networkAcls.map(id => ec2Arn(`network-acl/${id}`))
  if (acls.length === 0) return { statements: [], blanks: [] }
  return {
    statements: [
      allow(action, [`ec2:${action}`], acls),
      allow(`${tag}OfFilters`, [`ec2:${tag}`], acls, {
        'ForAllValues:StringLike': { 'aws:TagKeys': OURS },
      }),
    ],
    blanks: [],
  }
}

/** A statement for each group of clusters, numbered where there are several. */
const perTags = (
  tags: readonly TagCondition[],
  key: 'aws:RequestTag' | 'aws:ResourceTag',
  sid: string,
  make: (Sid: string, tagged: Condition) => Statement,
): readonly Statement[] =>
  tags.map((condition, index) =>
    make(tags.length === 1 ? sid : `${sid}${index + 1}`, {
      StringEquals: Object.fromEntries(
        Object.entries(condition).map(([name, values]) => [`${key}/${name}`, oneOrAll(values)]),
      ),
    }),
  )

const oneOrAll = (values: readonly string[]): string | readonly string[] => {
  const [only, ...others] = values
  return only !== undefined && others.length === 0 ? only : values
}

/** All of both must hold. They share operators and no keys. */
const both = (one: Condition, other: Condition): Condition => {
  const operators = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return Object.fromEntries(operators.map(name => [name, { ...one[name], ...other[name] }]))
}
