import path from 'node:path'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { failure } from '../domain/result.js'
import type { Runbook } from '../domain/runbook.js'
import type { Fleet } from '../fleet/fleet.js'
import type { Policy } from './permissions/contract.js'
import { groundOf } from './permissions/ground.js'
import { grant } from './permissions/statements.js'
import { findFleet, findRunbook, type Places, runbookFiles, runbooksDir } from './support/definitions.js'
import { type Global, giveUp, type Io, print, say } from './support/io.js'
import { permissionsFor, usedBy } from './support/needs.js'

/** The least-privilege policy of IAM for those runbooks and all that they lead to; without names, for all of the folder. */
export const permissions = async (
  io: Io,
  named: readonly string[],
  options: Global & Places,
): Promise<ExitCode> => {
  const runbooks = await loadAll(io, named, options)
  if ('exit' in runbooks) return runbooks.exit
  const fleet = await findFleet(io, options)
  if ('exit' in fleet) return fleet.exit
  return printPolicy(io, permissionsFor(usedBy(runbooks.value), fleet.value), fleet.value)
}

type Loaded = { readonly value: readonly Runbook[] } | { readonly exit: ExitCode }

const loadAll = async (io: Io, named: readonly string[], options: Places): Promise<Loaded> => {
  const dir = runbooksDir(io, options)
  const all = named.length > 0 ? named : await runbookFiles(dir)
  if (all.length === 0) {
    say(io, `There are no runbooks in ${dir}. Name another folder with --runbooks.`)
    return { exit: EXIT.unresolved }
  }
  const found: Runbook[] = []
  for (const name of all) {
    const runbook = await findRunbook(io, options, name)
    // A policy for some of them would be missing what the others need, at night.
    if ('exit' in runbook) return { exit: runbook.exit }
    found.push(runbook.value, ...Object.values(runbook.others))
  }
  return { value: found }
}

const printPolicy = (io: Io, needed: readonly string[], fleet: Fleet): ExitCode => {
  if (needed.length === 0) {
    say(io, 'Nothing that these runbooks do needs a permission of AWS.')
    return EXIT.done
  }
  if (fleet.region === undefined) return giveUp(io, noRegion(io, fleet))
  const { statements, blanks } = grant(needed, groundOf(fleet, fleet.region))
  const policy: Policy = { Version: '2012-10-17', Statement: statements }
  print(io, JSON.stringify(policy, null, 2))
  for (const line of [...blanks, ...sizeWords(policy), ...accountWords(fleet)]) say(io, `! ${line}`)
  return EXIT.done
}

const noRegion = (io: Io, { file }: Fleet) =>
  failure(
    'fleet.invalid',
    `${path.relative(io.cwd, file)} names no region, and the runbooks use EC2`,
    'add `region: us-east-1`, or wherever the fleet is',
  )

/** Of a managed policy, in characters without white space. */
const LARGEST_POLICY = 6_144

const sizeWords = (policy: Policy): readonly string[] => {
  const size = JSON.stringify(policy).length
  if (size <= LARGEST_POLICY) return []
  return [
    `it has ${size} characters, and a managed policy has at most ${LARGEST_POLICY}: name fewer runbooks at a time and attach several, or embed it in the role`,
  ]
}

const accountWords = ({ account }: Fleet): readonly string[] =>
  account === undefined
    ? ['the fleet file names no account, so it is left open; a policy never grants anything of another one']
    : []
