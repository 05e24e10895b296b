import { EVENT } from '../../domain/event.js'
import { EXIT, type ExitCode } from '../../domain/exit-codes.js'
import type { Question } from '../../domain/question.js'
import { type IncidentState, MAIN_FRAME } from '../../engine/state.js'
import { type Drift, findDrift } from './drift.js'
import type { GoOnOptions } from './go-on.js'
import { hostFor, isAttended } from './host.js'
import { type Io, say } from './io.js'
import type { SessionOptions } from './session-contract.js'
import type { incidentPaths } from './state.js'

type Draft = NonNullable<SessionOptions['drift']>
type Decided = { readonly draft: Draft | undefined } | { readonly exit: ExitCode }

type Subject = {
  readonly id: string
  readonly paths: ReturnType<typeof incidentPaths>
  readonly before: IncidentState
}

/** An incident goes on with the runbook that it was opened with, or not at all: the operator sees what changed since. */
export const decideDrift = async (
  io: Io,
  { id, paths, before }: Subject,
  options: GoOnOptions,
): Promise<Decided> => {
  const { opened } = before
  if (!opened?.source || before.status === 'ended') return { draft: undefined }
  const { definition, source, mode } = opened
  const drift = await findDrift(paths.dir, definition.hash, source)
  if (!drift || before.drift === drift.found) return { draft: undefined }
  say(io, `The runbook ${source} is no longer the one that ${id} was opened with:\n${drift.diff}`)
  const draft = draftOf(definition.hash, drift)
  const attended = isAttended(io, options.json === true) && !options.auto
  if (!attended && (mode.fleet === 'simulated' || mode.effects === 'withheld')) {
    say(io, 'It goes on with the stored one.')
    return { draft: draft('stored', 'auto') }
  }
  const question = questionFor(id, isMidway(before))
  const answer = attended ? await hostFor(io, false).request(question, new AbortController().signal) : undefined
  if (answer?.option === 'stored' || answer?.option === 'abort')
    return { draft: draft(answer.option, answer.by) }
  say(
    io,
    `Nothing was done. \`firebreak resume ${id}\` at a terminal asks whether to go on with the stored one.`,
  )
  return { exit: EXIT.paused }
}

const draftOf =
  (stored: string, { found }: Drift) =>
  (decision: 'stored' | 'abort', by: 'auto' | 'operator' | 'answers' | 'engine'): Draft => ({
    type: EVENT.definitionChanged,
    actor: by,
    data: { stored, found, decision, by },
  })

/** What stands half done is not left behind unasked: there, going on asks how. */
const isMidway = ({ frames }: IncidentState): boolean => {
  const at = frames[MAIN_FRAME]?.phase.at
  return at === 'applying' || at === 'interrupted'
}

const questionFor = (id: string, midway: boolean): Question => ({
  id: `drift:${id}`,
  kind: 'drift',
  step: 'drift',
  visit: 1,
  title: 'The runbook has changed',
  text: midway
    ? 'Go on with the stored one? An action stands half done, and you are asked about it next.'
    : 'Go on with the stored one, or abort?',
  options: [
    {
      key: 'stored',
      label: 'Go on with the runbook as it was when the incident was opened',
      recommended: true,
    },
    ...(midway ? [] : [{ key: 'abort', label: 'End the incident here, as aborted', recommended: false }]),
  ],
  verbs: [],
})
