import { resolveUrl, sshByHand } from '../providers/endpoint.js'
import { quoted } from './shell-line.js'

/** A command of the runtime API, or of memcached, by hand, on a host from which it can be reached. */
export const bySocat = (command: string, admin: string): string => {
  const endpoint = resolveUrl(admin)
  const talk =
    endpoint.ok && 'ssh' in endpoint.value
      ? `${sshByHand(endpoint.value.ssh)} socat stdio ${quoted(`unix-connect:${endpoint.value.path}`)}`
      : `socat stdio ${socatAddress(admin)}`
  return `echo "${command}" | ${talk}`
}

const socatAddress = (admin: string): string =>
  admin.replace(/^tcp:\/\//, 'tcp:').replace(/^unix:(\/\/(?=\/))?/, 'unix-connect:')
