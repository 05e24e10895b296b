import type { SshSettings } from '../../fleet/fleet.js'
import type { SshHost } from '../wire.js'

type Known = { readonly settings: SshSettings; readonly authorities: string | undefined }

/** Seconds, for the connection and the server's first words. A server that stalls later has our own deadline. */
const CONNECT_S = 5

/**
 * The first connection to a host. How to get there is the operator's own configuration: keys, agent, jump hosts. It
 * never asks anything, trusts no host that is not known, and passes on nothing but what is asked of it later.
 */
export const masterArgs = (to: SshHost, control: string, { settings, authorities }: Known): string[] => [
  ...(settings.config === undefined ? [] : ['-F', settings.config]),
  ...['-M', '-N', '-T', '-a', '-x', '-S', control.replaceAll('%', '%%')],
  ...options({
    ControlPersist: 'no',
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UpdateHostKeys: 'no',
    ConnectTimeout: `${CONNECT_S}`,
    ServerAliveInterval: '5',
    ServerAliveCountMax: '3',
    ClearAllForwardings: 'yes',
    RemoteCommand: 'none',
    LogLevel: 'INFO',
    // Said once requests are taken: that it listens cannot be seen from outside but by looking again and again.
    PermitLocalCommand: 'yes',
    LocalCommand: `echo ${READY}`,
    ...knownHosts(settings, authorities),
  }),
  ...(to.user === undefined ? [] : ['-l', to.user]),
  ...(to.port === undefined ? [] : ['-p', `${to.port}`]),
  '--',
  to.host,
]

export const READY = 'firebreak-ready'

/** Beside what the operator knows: those files stay as their configuration names them. */
const knownHosts = ({ knownHosts: file }: SshSettings, authorities: string | undefined) => {
  const ours = [authorities, file].filter(one => one !== undefined)
  if (ours.length === 0) return {}
  return { GlobalKnownHostsFile: [...ours, ...SYSTEM_WIDE].map(one => `"${one}"`).join(' ') }
}

/** As ssh_config(5) has them; naming ours replaces them. */
const SYSTEM_WIDE = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']

/** Over the connection that stands, and over no other: without it ssh would open one of its own, as it likes. */
export const throughMaster = (control: string): string[] => [
  ...['-F', 'none', '-T', '-S', control],
  ...options({ ControlMaster: 'no', BatchMode: 'yes', ProxyCommand: 'false' }),
]

/** ssh wants a host's name also where the connection stands; it looks up nothing then. */
export const NO_MATTER = 'multiplexed'

const options = (values: { readonly [name: string]: string }): string[] =>
  Object.entries(values).flatMap(([name, value]) => ['-o', `${name}=${value}`])
