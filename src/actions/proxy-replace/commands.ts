import { STATE_TAG } from '../../fleet/discovery.js'
import { shellLine } from '../shell-line.js'
import type { Replacement } from './changes.js'

/** What the operator fills in: any word that was never used, and the instance that was launched. */
const TOKEN = '<token>'
const NEW = '<new>'

/** A replacement by hand, in the first of its places. */
export const commandsFor = ({ old, allocation, launch }: Replacement): readonly string[] => {
  const { launch_template, subnets, instance_types, tags } = launch
  const template = /^lt-[0-9a-f]{8,17}$/.test(launch_template) ? 'LaunchTemplateId' : 'LaunchTemplateName'
  const place = [
    ...['--launch-template', `${template}=${launch_template}`],
    ...subnets.slice(0, 1).flatMap(subnet => ['--subnet-id', subnet]),
    ...instance_types.slice(0, 1).flatMap(type => ['--instance-type', type]),
  ]
  const marks = ['--client-token', TOKEN, '--tag-specifications', specification(tags)]
  return [
    ['run-instances', ...place, ...marks],
    tagAs(NEW, STATE_TAG.inService),
    ['associate-address', '--allocation-id', allocation, '--instance-id', NEW, '--allow-reassociation'],
    tagAs(old, STATE_TAG.parked),
  ].map(words => shellLine(['aws', 'ec2', ...words]))
}

const specification = (tags: { readonly [key: string]: string }): string => {
  const all = { ...tags, [STATE_TAG.key]: STATE_TAG.launching }
  const Tags = Object.entries(all).map(([Key, Value]) => ({ Key, Value }))
  return JSON.stringify([{ ResourceType: 'instance', Tags }])
}

const tagAs = (instance: string, state: string): string[] => [
  ...['create-tags', '--resources', instance],
  ...['--tags', `Key=${STATE_TAG.key},Value=${state}`],
]
