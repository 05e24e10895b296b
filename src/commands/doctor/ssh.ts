import type { Providers } from '../../providers/contract.js'
import { type Examination, type Finding, ofFleet, type WithFleet } from './contract.js'

/** Hosts that are reached by ssh: nobody is there to answer a prompt in the middle of an operation. */
export const sshRows: Examination = {
  name: 'ssh',
  examine: ofFleet(async patient => {
    const hosts = await hostsOf(patient)
    return Promise.all(hosts.map(host => examineHost(host, patient.look.providers.ssh)))
  }),
}

const hostsOf = async ({ fleet, look }: WithFleet): Promise<readonly string[]> => {
  const found = await Promise.all(Object.keys(fleet.clusters).map(name => look.discover(name, 'proxy')))
  const urls = found.flatMap(one => (one.ok ? one.value.targets.map(({ admin = '' }) => admin) : []))
  return [...new Set(urls.flatMap(url => /^(ssh:\/\/[^/]+)\//.exec(url)?.[1] ?? []))]
}

const PATIENCE_MS = 4_500

/** The way that every request to that host goes, with a program that does nothing at its end. */
const examineHost = async (host: string, ssh: Providers['ssh']): Promise<Finding> => {
  const ran = await ssh.run({ host, argv: ['true'], timeout: PATIENCE_MS })
  if (!ran.ok) return { state: 'fail', target: host, detail: ran.failure.message, next: ran.failure.next }
  if (ran.value.exit === 0) return { state: 'ok', target: host, detail: 'lets firebreak in without asking' }
  return {
    state: 'fail',
    target: host,
    detail: `lets firebreak in, and then ends with ${ran.value.exit} whatever it is asked`,
    next: 'Look what its sshd forces for that key (ForceCommand, `command=` in authorized_keys).',
  }
}
