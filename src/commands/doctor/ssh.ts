import type { Providers } from '../../providers/contract.js'
import { type Examination, type Finding, ofFleet, type WithFleet } from './contract.js'
import { ROW_MS } from './in-time.js'

/** Hosts that are reached by ssh: nobody is there to answer a prompt in the middle of an operation. */
export const sshRows: Examination = {
  name: 'ssh',
  examine: ofFleet(async patient => {
    const hosts = await hostsOf(patient)
    return Promise.all(hosts.map(host => examineHost(host, patient.look.providers.processes)))
  }),
}

const hostsOf = async ({ fleet, look }: WithFleet): Promise<readonly string[]> => {
  const found = await Promise.all(Object.keys(fleet.clusters).map(name => look.discover(name, 'proxy')))
  const urls = found.flatMap(one => (one.ok ? one.value.targets.map(({ admin = '' }) => admin) : []))
  return [...new Set(urls.flatMap(url => /^(ssh:\/\/[^/]+)\//.exec(url)?.[1] ?? []))]
}

/** ssh takes `ssh://[user@]host[:port]` as it is. It gets less time than its row has. */
const examineHost = async (host: string, processes: Providers['processes']): Promise<Finding> => {
  const patience = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=4']
  const ran = await processes.run({ argv: ['ssh', ...patience, host, 'true'], timeout: ROW_MS })
  if (ran.ok && ran.value.exit === 0)
    return { state: 'ok', target: host, detail: 'lets firebreak in without asking' }
  if (!ran.ok && ran.failure.code === 'command.failed')
    return { state: 'fail', target: host, detail: ran.failure.message, next: ran.failure.next }
  const said = ran.ok
    ? ran.value.stderr.trim().split('\n').at(-1) || `ssh ended with ${ran.value.exit}`
    : ran.failure.message
  return {
    state: 'fail',
    target: host,
    detail: said,
    next: `log in by hand once (ssh ${host}), and use a key that an agent holds; \`ssh -G ${host}\` shows what ssh makes of it`,
  }
}
