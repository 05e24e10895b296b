import { STATE_TAG } from '../../fleet/discovery.js'
import { shellLine } from '../shell-line.js'

// A proxy's life by hand, in aws commands.

/** What the operator fills in: any word that was never used. */
const TOKEN = '<token>'

type Launch = {
  readonly launch_template: string
  readonly subnet: string | undefined
  readonly instance_type: string | undefined
  readonly tags: { readonly [key: string]: string }
}

export const launchByHand = ({ launch_template, subnet, instance_type, tags }: Launch): string => {
  const template = /^lt-[0-9a-f]{8,17}$/.test(launch_template) ? 'LaunchTemplateId' : 'LaunchTemplateName'
  const place = [
    ...['--launch-template', `${template}=${launch_template}`],
    ...(subnet === undefined ? [] : ['--subnet-id', subnet]),
    ...(instance_type === undefined ? [] : ['--instance-type', instance_type]),
  ]
  return ec2('run-instances', ...place, '--client-token', TOKEN, '--tag-specifications', specification(tags))
}

const ec2 = (...words: readonly string[]): string => shellLine(['aws', 'ec2', ...words])

export const moveByHand = (allocation: string, to: string): string =>
  ec2('associate-address', '--allocation-id', allocation, '--instance-id', to, '--allow-reassociation')

export const tagByHand = (instance: string, state: string): string =>
  ec2('create-tags', '--resources', instance, '--tags', `Key=${STATE_TAG.key},Value=${state}`)

export const untagByHand = (instance: string): string =>
  ec2('delete-tags', '--resources', instance, '--tags', `Key=${STATE_TAG.key}`)

export const terminateByHand = (instance: string): string =>
  ec2('terminate-instances', '--instance-ids', instance)

const specification = (tags: { readonly [key: string]: string }): string => {
  const all = { ...tags, [STATE_TAG.key]: STATE_TAG.launching }
  const Tags = Object.entries(all).map(([Key, Value]) => ({ Key, Value }))
  return JSON.stringify([{ ResourceType: 'instance', Tags }])
}
