import type { FailureCode } from '../domain/failure-codes.js'
import type { PlanDraft } from '../domain/plan.js'
import { fail, type Result } from '../domain/result.js'
import type { Look } from '../providers/look.js'

/**
 * A plan that cannot be made without EC2. Where EC2 cannot be asked now it is not possible now, and that is all: it
 * is not tried against an inventory of before, which would only wait for EC2 once more.
 */
export const withEc2 = async (
  action: string,
  look: Look,
  plan: (look: Look) => Promise<Result<PlanDraft>>,
): Promise<Result<PlanDraft>> => {
  const made = await plan({ ...look, discover: (cluster, role) => freshly(look, cluster, role) })
  if (made.ok || !SILENT.has(made.failure.code)) return made
  return fail(
    'plan.not-now',
    `${action} needs EC2, which cannot be asked now: ${made.failure.message}`,
    'Do without it or by hand; visit the step again when EC2 answers. What does not need EC2 goes on.',
  )
}

/** EC2 has not said anything about what was asked. */
const SILENT: ReadonlySet<FailureCode> = new Set([
  'ec2.unavailable',
  'ec2.throttled',
  'ec2.credentials',
] as const)

const freshly: (look: Look, ...which: Parameters<Look['discover']>) => ReturnType<Look['discover']> = async (
  look,
  cluster,
  role,
) => {
  const found = await look.discover(cluster, role)
  if (!found.ok || found.value.source !== 'saved') return found
  return fail('ec2.unavailable', found.value.because ?? 'EC2 cannot be asked.', 'Look again when EC2 answers.')
}
