import { fail, type Result } from '../../domain/result.js'
import { loginOf, sshByHand } from '../endpoint.js'
import { excerpt } from '../excerpt.js'
import type { SshHost } from '../wire.js'

/**
 * Why ssh could not connect, by its own words: it ends with 255 whatever the reason. Nothing was sent, which is what
 * `target.refused` says.
 */
export const notConnected = (to: SshHost, said: string): Result<never> => {
  const whom = loginOf(to).replace('ssh://', '')
  const known = MEANINGS.find(({ words }) => words.test(said))
  if (known) return fail('target.refused', `ssh to ${whom}: ${known.what}.`, known.next)
  const last = excerpt(said.trimEnd().split('\n').at(-1) ?? '')
  return fail(
    'target.refused',
    `ssh to ${whom} failed: ${last || 'it said nothing'}${/[.!…]$/.test(last) ? '' : '.'}`,
    `Try it by hand: \`${sshByHand(to)} true\`.`,
  )
}

type Meaning = { readonly words: RegExp; readonly what: string; readonly next: string }

const ROUTE = 'Check the route, security groups and network ACLs between here and that host, and any jump host.'

/** The first that fits: a changed host key is also one that failed verification. */
const MEANINGS: readonly Meaning[] = [
  {
    words: /HOST IDENTIFICATION HAS CHANGED/,
    what: 'its host key is not the one that is known',
    next: 'Somebody may stand in between, or the host was made anew under an old address. Only if you know that it was: take the old key out with `ssh-keygen -R`, and get the new one from where you trust it.',
  },
  {
    words:
      /host key is known for|Host key verification failed|certificate (?:not|is not) .*valid|No matching host key/i,
    what: 'its host key is not known',
    next: 'Get the key from where you trust it into known_hosts, or name `ssh: { known_hosts: FILE }` or `ssh: { host_ca: KEY }` in the fleet file.',
  },
  {
    words: /Permission denied \(|Too many authentication failures/,
    what: 'it does not let this user in',
    next: 'Check that the agent has the key (`ssh-add -l`), the user (`ssh: { user }` in the fleet file) and authorized_keys there; and the same of any jump host.',
  },
  {
    words: /Could not resolve hostname/,
    what: 'its name cannot be looked up',
    next: 'Check the name in the fleet file and DNS; an address works without DNS.',
  },
  {
    words: /Connection refused/,
    what: 'it refused the connection',
    next: 'No sshd listens there: check that it runs, and the port (`ssh: { port }` in the fleet file).',
  },
  {
    words: /timed out|timeout/i,
    what: 'it did not answer',
    next: ROUTE,
  },
  { words: /No route to host|Network is unreachable/, what: 'it cannot be reached', next: ROUTE },
  {
    words: /Connection (?:closed|reset)|kex_exchange_identification|banner exchange/,
    what: 'it closed the connection before anybody could log in',
    next: 'Its sshd may be full (MaxStartups) or restarting, or something else listens at that port.',
  },
  {
    words: /Bad (?:owner|configuration option)|bad configuration options|Can't open user config file/,
    what: 'the ssh configuration of this machine cannot be used',
    next: 'Run `ssh -G` with that host and mend what it names; `ssh: { config: FILE }` in the fleet file names another.',
  },
  {
    words: /ssh: .*not found/,
    what: 'there is no ssh on this machine',
    next: 'Install OpenSSH (Debian: openssh-client), or give the sockets tcp:// addresses in the fleet file.',
  },
]
