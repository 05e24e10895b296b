/** What to do about a command that HAProxy has refused in these words. `argument` is what came after the command. */
export const nextAfter = (text: string, argument = ''): string => {
  const [name = ''] = argument.split(' ')
  return KNOWN.find(({ says }) => says.test(text))?.next(name) ?? COMPARE_NAMES
}

const KNOWN: readonly { readonly says: RegExp; readonly next: (name: string) => string }[] = [
  {
    says: /^Permission denied/,
    next: () => 'The socket needs `level admin` in haproxy.cfg (`stats socket … level admin`).',
  },
  {
    says: /static LB algorithm/,
    next: () =>
      'Give 0 or the initial weight (`get weight`); for any other the backend needs another `balance` in haproxy.cfg.',
  },
  {
    says: /^Unknown (?:ACL|map) identifier/,
    next: list =>
      `Make the file ${list} (it may be empty), add \`tcp-request connection reject if { src -f ${list} }\` to each frontend in haproxy.cfg, and reload HAProxy; the path must be the same there and in the fleet file.`,
  },
  {
    says: /^No such table/,
    next: table =>
      `Add \`tcp-request connection track-sc0 src table ${table}\` to each frontend in haproxy.cfg, and a section \`backend ${table}\` with the line \`stick-table type ipv6 size 100k expire 10m store conn_cur,conn_rate(10s)\`; then reload HAProxy.`,
  },
]

const COMPARE_NAMES = 'Compare the names in the fleet file with `show stat` on that proxy.'
