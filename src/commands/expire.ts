import type { ExitCode } from '../domain/exit-codes.js'
import { expireByRegister } from './expire/by-register.js'
import type { ExpireOptions } from './expire/contract.js'
import { expireFromAcl } from './expire/from-acl.js'
import { misuse } from './expire/misuse.js'
import { giveUp, type Io } from './support/io.js'

/** Removes filters: by the register of what stands; where that is lost, by the tags of a network ACL. */
export const expire = async (io: Io, names: readonly string[], options: ExpireOptions): Promise<ExitCode> => {
  const wrong = misuse(names, options)
  if (wrong) return giveUp(io, wrong)
  return options.fromAcl === undefined
    ? expireByRegister(io, names, options)
    : expireFromAcl(io, options.fromAcl, options)
}
