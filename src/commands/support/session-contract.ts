import type { Clock } from '../../domain/clock.js'
import type { Draft, EVENT, Place } from '../../domain/event.js'
import type { Mode } from '../../domain/mode.js'
import type { Result } from '../../domain/result.js'
import type { ActionStep } from '../../domain/runbook.js'
import type { Fleet } from '../../fleet/fleet.js'
import type { Host } from '../../hosts/contract.js'
import type { Standpoint } from '../../providers/look.js'
import type { AwsWire, Endpoint } from '../../providers/wire.js'
import type { Answers } from '../../runtime/answers.js'
import type { Ledger } from '../../runtime/ledger.js'
import type { Ending } from '../../runtime/loop.js'
import type { From, Ownership } from '../../runtime/owner.js'
import type { Stop } from '../../runtime/stop.js'
import type { incidentPaths } from './state.js'

/** The world that a session works on: a real one, or a drill's. The only things that differ. */
export type Setting = {
  readonly clock: Clock
  readonly resolve: (url: string) => Result<Endpoint>
  readonly aws?: AwsWire
  /** Folders of what is kept from look to look and between incidents: a drill has its own. */
  readonly inventory: string
  readonly baselines: string
  readonly clients: string
  readonly allowlist: string
  readonly filters: string
  readonly standpoint: Standpoint
  /** Where locks are: what is shared with every other incident of the same fleet. */
  readonly locks: string
  /** Whose the AWS credentials are could not be found out yet. */
  readonly unverified?: boolean
  /** `at` is virtual: wall time is written beside it. */
  readonly virtual: boolean
}

export type SessionOptions = {
  readonly id: string
  readonly paths: ReturnType<typeof incidentPaths>
  readonly mode: Mode
  readonly fleet: Fleet
  readonly setting: Setting
  readonly host: Host
  /** A person at a terminal can be asked. */
  readonly attended: boolean
  readonly auto: boolean
  readonly answers: Answers
  readonly ownership: Ownership
  /** It was taken over, and from whom. */
  readonly taken?: { readonly from?: From }
  /** What the operator said to a runbook that is no longer the one on disk. */
  readonly drift?: Draft<typeof EVENT.definitionChanged>
  /** Only to take something back: those visits, or what an undo under way was about. Then it stops again. */
  readonly undo?: readonly Place[]
  /** Only to do this beside the runbook. Then it stops again. */
  readonly doing?: ActionStep
}

/** An incident under way: the ledger, and what runs it. */
export type Session = {
  readonly id: string
  readonly ledger: Ledger
  readonly stop: Stop
  /** Told of each key press, where a person is there to press one. */
  readonly pressed?: () => void
  readonly head: () => string
  readonly run: () => Promise<Ending>
  readonly close: () => Promise<void>
}
