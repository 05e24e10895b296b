import type { ActionBehaviour, Hands, OpBehaviour } from '../actions/contract.js'
import type { OpRef, Place, Visit } from '../domain/event.js'
import type { JsonObject } from '../domain/json.js'
import { type Deps, tally } from './deps.js'
import { lookWith } from './look.js'

/** One op under way: what every piece below needs to know of it. */
export type OpRun = {
  readonly deps: Deps
  readonly place: Place
  readonly behaviour: OpBehaviour
  readonly ref: OpRef & Visit
  readonly args: JsonObject
  readonly token: string
  readonly undoes?: string
  /** It puts away what its own apply has made. */
  readonly tidies?: true
}

/** What an op may use, with its requests counted. */
export const handsFor = (
  deps: Deps,
): { readonly hands: Hands; readonly counts: ReturnType<typeof tally>['counts'] } => {
  const { record, counts } = tally()
  const { clock, fleet, incident, secrets, filters } = deps
  const secret: Hands['secret'] = name => secrets.secret(name)
  const look = lookWith(deps, record)
  return { hands: { clock, fleet, incident, secret, filters, look, providers: look.providers }, counts }
}

export const behaviourOf = async (deps: Deps, action: string): Promise<ActionBehaviour<never>> => {
  const spec = deps.actions[action]
  if (!spec) throw new Error(`no action ${action} in the registry`)
  return (await deps.clock.io(spec.load())).behaviour
}
