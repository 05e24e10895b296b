import { hex } from '../random.js'
import { deniedAt, matchOf, prefixOf } from '../world/deny-list.js'
import type { Answer, Command, Request } from './haproxy-command.js'

// Commands about lists of addresses: the texts are those of HAProxy 2.6. A proxy of a drill has one list at most.

const showList = (request: Request): Answer => {
  const [name] = request.args
  if (name === undefined) return { text: overview(request) }
  if (!isKnown(request)) return { text: UNKNOWN }
  const { world, host } = request
  const lines = patternsOf(request).map((pattern, place) => {
    return `0x55${hex(10, world.seed, 'pattern', host.id, place)} ${pattern}\n`
  })
  return { text: lines.join('') }
}

const overview = (request: Request): string => {
  const { denyList } = request.cluster
  if (denyList === undefined) return '# id (file) description\n'
  const used = `pattern loaded from file '${denyList}' used by acl at file '/etc/haproxy/haproxy.cfg' line 20`
  const entries = `curr_ver=0 next_ver=0 entry_cnt=${patternsOf(request).length}`
  return `# id (file) description\n0 (${denyList}) ${used}. ${entries}\n`
}

const getMatch = (request: Request): Answer => {
  const [, key] = request.args
  if (key === undefined) return { text: 'Missing ACL identifier and/or key.\n' }
  if (!isKnown(request)) return { text: UNKNOWN }
  const pattern = matchOf(patternsOf(request), key)
  const match = pattern === undefined ? 'match=no' : `match=yes, idx=tree, pattern="${pattern}"`
  return { text: `type=ip, case=sensitive, ${match}\n` }
}

const addPattern = (request: Request): Answer => {
  const [, pattern] = request.args
  if (pattern === undefined) return { text: "'add acl' expects two parameters: ACL identifier and pattern.\n" }
  if (!isKnown(request)) return { text: UNKNOWN }
  if (prefixOf(pattern) === undefined) return { text: `'${pattern}' is not a valid IPv4 or IPv6 address.\n` }
  return changed(request, 'add acl', pattern)
}

const deletePattern = (request: Request): Answer => {
  const [, pattern] = request.args
  if (pattern === undefined) return { text: 'This command expects two parameters: ACL identifier and key.\n' }
  if (!isKnown(request)) return { text: UNKNOWN.replace('ACL', 'map') }
  if (!patternsOf(request).includes(pattern)) return { text: 'Key not found.\n' }
  return changed(request, 'del acl', pattern)
}

const UNKNOWN = 'Unknown ACL identifier. Please use #<id> or <file>.\n'

const isKnown = ({ cluster, args: [name] }: Request): boolean =>
  cluster.denyList !== undefined && (name === cluster.denyList || name === '#0')

const patternsOf = ({ host, now }: Request): readonly string[] => deniedAt(host, now)

const changed = ({ host, now }: Request, operation: 'add acl' | 'del acl', pattern: string): Answer => {
  const args = { instance: host.id, pattern }
  return { text: '', change: { at: now, endpoint: 'haproxy', operation, args, result: null } }
}

export const LIST_COMMANDS: readonly Command[] = [
  {
    words: ['add', 'acl'],
    help: 'add acl [@<ver>] <acl> <pattern>        : add an acl entry',
    mutating: true,
    answer: addPattern,
  },
  {
    words: ['del', 'acl'],
    help: 'del acl <acl> [<key>|#<ref>]            : delete acl entries matching <key>',
    mutating: true,
    answer: deletePattern,
  },
  {
    words: ['get', 'acl'],
    help: 'get acl <acl> <value>                   : report the patterns matching a sample for an ACL',
    mutating: false,
    answer: getMatch,
  },
  {
    words: ['show', 'acl'],
    help: "show acl [@<ver>] <acl>]                : report available acls or dump an acl's contents",
    mutating: false,
    answer: showList,
  },
]
