// doctor: can this machine and these credentials do what the runbooks may ask? It looks and asks; the one thing that
// it leaves behind is the state folder. A row group is a file here, and a line in examinations.ts.

import type { Result } from '../../domain/result.js'
import type { Fleet } from '../../fleet/fleet.js'
import type { Look } from '../../providers/look.js'
import type { Diagnostic } from '../../source/diagnostic.js'
import type { Io } from '../support/io.js'
import type { Used } from '../support/needs.js'

/** `skipped`: it could not be looked at, or need not be; the detail says which. */
export type Finding = {
  readonly state: 'ok' | 'warn' | 'fail' | 'skipped'
  /** What of it: a proxy, a file, a permission. */
  readonly target?: string
  readonly detail: string
  /** What to do about it; of everything that is not ok. */
  readonly next?: string
  /** What was asked may never answer, and holds this process up. */
  readonly hangs?: true
}

export type Patient = {
  readonly io: Pick<Io, 'env' | 'cwd'>
  readonly state: string
  readonly runbooks: { readonly dir: string; readonly files: readonly string[] }
  readonly fleetFile: string
  /** What is wrong with the fleet file. */
  readonly mistakes: readonly Diagnostic[]
  /** Of the runbooks that load. */
  readonly used: Used
  /** What can be made of the fleet file, and a look at it; absent where nothing can. */
  readonly fleet?: Fleet
  readonly look?: Look
  readonly account?: () => Promise<Result<string>>
}

/** A patient with a fleet. */
export type WithFleet = Patient & Required<Pick<Patient, 'fleet' | 'look' | 'account'>>

export type Examination = {
  readonly name: string
  readonly examine: (patient: Patient) => Promise<readonly Finding[]>
}

/** Needs a fleet; without one there is nothing to look at. */
export const ofFleet =
  (examine: (patient: WithFleet) => Promise<readonly Finding[]>): Examination['examine'] =>
  async patient => {
    const { fleet, look, account } = patient
    return fleet && look && account ? examine({ ...patient, fleet, look, account }) : [NO_FLEET]
  }

const NO_FLEET: Finding = { state: 'skipped', detail: 'it needs a fleet file in which something is right' }

/** Needs AWS as well: a fleet without a region has nothing there. */
export const ofAws = (examine: (patient: WithFleet) => Promise<readonly Finding[]>): Examination['examine'] =>
  ofFleet(async patient => (patient.fleet.region === undefined ? [NO_AWS] : examine(patient)))

const NO_AWS: Finding = { state: 'skipped', detail: 'the fleet file names no region: nothing of it is in AWS' }
