import type { Frontend, Turn } from './turn.js'

/** The same by hand, on a host from which the runtime API can be reached. */
export const commandFor = (turn: Turn, { frontend, admin }: Frontend): string =>
  `echo "${turn} frontend ${frontend}" | socat stdio ${socatAddress(admin)}`

const socatAddress = (admin: string): string =>
  admin.replace(/^tcp:\/\//, 'tcp:').replace(/^unix:(\/\/(?=\/))?/, 'unix-connect:')
