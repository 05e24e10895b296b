import { EVENT } from '../../domain/event.js'
import { EXIT, type ExitCode } from '../../domain/exit-codes.js'
import type { Question } from '../../domain/question.js'
import type { IncidentState } from '../../engine/state.js'
import { type Drift, findDrift, type Stored } from './drift.js'
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
  const { mode } = opened
  const changed = await changesOf(paths.dir, storedOf(opened))
  const found = foundOf(changed)
  if (changed.length === 0 || before.drift === found) return { draft: undefined }
  for (const { source, diff } of changed)
    say(io, `The runbook ${source} is no longer the one that ${id} was opened with:\n${diff}`)
  const draft = draftOf(changed.map(({ stored }) => stored).join(' '), found)
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

type Opened = NonNullable<IncidentState['opened']>

/** The runbook that it was opened with, and those that it can lead to. */
const storedOf = ({ definition, source = '', others = {}, sources = {} }: Opened): readonly Stored[] => [
  { stored: definition.hash, source },
  ...Object.entries(others).flatMap(([name, { hash }]) => {
    const file = sources[name]
    return file === undefined ? [] : [{ stored: hash, source: file, name }]
  }),
]

type Changed = Stored & Drift

const changesOf = async (dir: string, files: readonly Stored[]): Promise<readonly Changed[]> => {
  const drifts = await Promise.all(files.map(async file => ({ ...file, ...(await findDrift(dir, file)) })))
  return drifts.flatMap(({ found, diff, ...file }) =>
    found === undefined || diff === undefined ? [] : [{ ...file, found, diff }],
  )
}

/** The hash of the changed file, or of each; null where it is one that is gone. */
const foundOf = (changed: readonly Changed[]): string | null => {
  const [first, ...more] = changed
  if (first && more.length === 0) return first.found
  return changed.map(({ found }) => found ?? 'gone').join(' ')
}

const draftOf =
  (stored: string, found: string | null) =>
  (decision: 'stored' | 'abort', by: 'auto' | 'operator' | 'answers' | 'engine'): Draft => ({
    type: EVENT.definitionChanged,
    actor: by,
    data: { stored, found, decision, by },
  })

/** What stands half done is not left behind unasked: there, going on asks how. */
const isMidway = ({ frames }: IncidentState): boolean =>
  Object.values(frames).some(({ phase }) => phase.at === 'applying' || phase.at === 'interrupted')

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
