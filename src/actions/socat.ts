/** A command of the runtime API by hand, on a host from which it can be reached. */
export const bySocat = (command: string, admin: string): string =>
  `echo "${command}" | socat stdio ${socatAddress(admin)}`

const socatAddress = (admin: string): string =>
  admin.replace(/^tcp:\/\//, 'tcp:').replace(/^unix:(\/\/(?=\/))?/, 'unix-connect:')
