import type { Change } from '../../world/change.js'
import type { World } from '../../world/world.js'
import type { Form } from './form.js'
import type { Xml } from './xml.js'

export type Ec2Error = { readonly code: string; readonly message: string; readonly status: number }

/**
 * A reply may show the world after the change: `RunInstances` answers with what it launched. An error may have changed
 * something, too: `TerminateInstances` fails for one zone and is carried out in the others.
 */
export type Ec2Reply =
  | { readonly ok: true; readonly change?: Change; readonly body: (after: World) => Xml }
  | { readonly ok: false; readonly change?: Change; readonly error: Ec2Error }

/** One operation: pure, a decision over the world at a moment. */
export type Ec2Action = {
  readonly mutating: boolean
  readonly answer: (request: { readonly world: World; readonly now: number; readonly form: Form }) => Ec2Reply
}

export const refuse = (code: string, message: string, status = 400): { ok: false; error: Ec2Error } => ({
  ok: false,
  error: { code, message, status },
})

export const missing = (parameter: string) =>
  refuse('MissingParameter', `The request must contain the parameter ${parameter}`)

/** What nearly every change answers. */
export const DONE: Xml = { return: true }
