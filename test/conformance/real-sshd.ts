import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { SshSettings } from '../../src/fleet/fleet.js'
import { type Child, freePort, startChild } from './child.js'
import { findBinary } from './service.js'

export type RunningSshd = {
  readonly port: number
  /** Lets in whoever goes by `settings`, which name a configuration of its own: nobody's ~/.ssh is read. */
  readonly settings: SshSettings
  /** Its host key, as a line of known_hosts without the name. */
  readonly hostKey: string
  readonly folder: string
  readonly stop: () => Promise<void>
}

type Options = {
  readonly addresses?: readonly string[]
  /** Lines of sshd_config. */
  readonly config?: readonly string[]
  /** The network namespace that it listens in. */
  readonly netns?: string
  /** The host key has a certificate of a new authority, for these names. */
  readonly certifiedFor?: string
}

const run = promisify(execFile)

/** Debian's sshd with keys of its own, for the user of the tests. */
export const startSshd = async (options: Options = {}): Promise<RunningSshd> => {
  const { addresses = ['127.0.0.1'] } = options
  const folder = await mkdtemp(path.join(tmpdir(), 'fb-sshd-'))
  const at = (name: string): string => path.join(folder, name)
  const port = await freePort()
  await makeKey(at('host'))
  await makeKey(at('id'))
  await writeFile(at('authorized_keys'), await readFile(at('id.pub')))
  const hostKey = (await readFile(at('host.pub'), 'utf8')).trim()
  await writeFile(at('known_hosts'), addresses.map(address => `[${address}]:${port} ${hostKey}\n`).join(''))
  await writeFile(at('ssh_config'), clientConfig(at('id'), at('known_hosts')))
  const certified = options.certifiedFor === undefined ? [] : await certify(at, options.certifiedFor)
  await writeFile(
    at('sshd_config'),
    serverConfig(at, port, addresses, [...certified, ...(options.config ?? [])]),
  )
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true })
  const inside = options.netns === undefined ? [] : ['ip', 'netns', 'exec', options.netns]
  const sshd = findBinary('sshd') ?? 'sshd' // it insists on being called by its whole path
  const [program = sshd, ...args] = [...inside, sshd, '-D', '-e', '-f', at('sshd_config')]
  const child: Child = await startChild(program, args, { host: addresses[0] ?? '', port })
  const authority = options.certifiedFor === undefined ? [] : [(await readFile(at('ca.pub'), 'utf8')).trim()]
  return {
    port,
    settings: { config: at('ssh_config'), hostCas: authority },
    hostKey,
    folder,
    stop: async () => {
      await child.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const makeKey = (file: string) => run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file])

const certify = async (at: (name: string) => string, names: string): Promise<readonly string[]> => {
  await makeKey(at('ca'))
  await run('ssh-keygen', ['-q', '-s', at('ca'), '-I', 'host', '-h', '-n', names, at('host.pub')])
  return [`HostCertificate ${at('host-cert.pub')}`]
}

/** As an operator would have it; `-F` leaves out that of the machine. */
export const clientConfig = (identity: string, knownHosts: string): string =>
  `Host *
  IdentityFile ${identity}
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${knownHosts}
  GlobalKnownHostsFile /dev/null
`

const serverConfig = (
  at: (name: string) => string,
  port: number,
  addresses: readonly string[],
  more: readonly string[],
): string => `
Port ${port}
${addresses.map(address => `ListenAddress ${address}`).join('\n')}
HostKey ${at('host')}
AuthorizedKeysFile ${at('authorized_keys')}
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PidFile none
MaxStartups 200:30:400
SetEnv HOME=${at('home')}
${more.join('\n')}
`
