import path from 'node:path'
import * as z from 'zod'
import { EXIT } from '../../domain/exit-codes.js'
import { everyStep, type Runbook, type Step } from '../../domain/runbook.js'
import { UNDO } from '../../engine/undo.js'
import { type Answers, answersShape, NO_ANSWERS } from '../../runtime/answers.js'
import { decode } from '../../source/decode.js'
import { formatDiagnostic } from '../../source/format-diagnostic.js'
import { loadYaml } from '../../source/load-yaml.js'
import { nearest } from '../../source/nearest.js'
import { canFail, choicesOf, decisionsFor, FAILING_WORDS, isElsewhere } from '../../testing/decisions.js'
import { thereAre } from '../../testing/finding.js'
import { type Loaded, relative } from './definitions.js'
import { giveUp, type Io, say } from './io.js'

const schema = z.strictObject(answersShape)

/** Reads `--answers`; none where the option was not given. */
export const readAnswers = async (io: Io, file: string | undefined): Promise<Loaded<Answers>> => {
  if (file === undefined) return { value: NO_ANSWERS }
  const { source, root, diagnostics } = await loadYaml(path.resolve(io.cwd, file))
  const decoded = root ? decode(source, root, schema) : { ok: false as const, diagnostics }
  if (decoded.ok) return { value: decoded.value }
  for (const diagnostic of decoded.diagnostics)
    say(io, `${formatDiagnostic(relative(io, diagnostic), source.text)}\n`)
  return { exit: EXIT.unresolved }
}

/** Answers that no step of the runbooks asks for, or could be answered with, are refused before anything starts. */
export const checkAnswers = (
  io: Io,
  runbooks: readonly [Runbook, ...Runbook[]],
  answers: Answers,
): Loaded<Answers> => {
  const problem = firstProblem(runbooks, answers)
  if (!problem) return { value: answers }
  const [message, next] = problem
  giveUp(io, {
    kind: 'user',
    code: 'answers.invalid',
    message: `the answers do not fit ${runbooks[0].name}: ${message}`,
    next,
  })
  return { exit: EXIT.usage }
}

type Problem = readonly [message: string, next: string]

/** Ids are unique in a runbook, and not over those that it can lead to: one that fits is enough. */
const firstProblem = (
  runbooks: readonly [Runbook, ...Runbook[]],
  { answers, gates, decisions }: Answers,
): Problem | undefined => {
  const steps = runbooks.flatMap(runbook => everyStep(runbook.steps))
  return (
    wrongAnswer(steps, answers) ??
    wrongDecision(runbooks, steps, decisions) ??
    wrongGate(steps, Object.keys(gates))
  )
}

const wrongAnswer = (steps: readonly Step[], answers: Answers['answers']): Problem | undefined => {
  for (const [id, said] of Object.entries(answers)) {
    const keys = steps.filter(step => step.id === id).flatMap(choicesOf)
    if (keys.length === 0) return unknownStep(id, steps.filter(asks), 'ask or manual')
    const wrong = [said].flat().find(key => !keys.includes(key))
    if (wrong !== undefined) return [`${id} has no choice ${wrong}`, hint(wrong, keys)]
  }
  return undefined
}

const wrongDecision = (
  [main, ...others]: readonly [Runbook, ...Runbook[]],
  steps: readonly Step[],
  decisions: Answers['decisions'],
): Problem | undefined => {
  for (const [id, said] of Object.entries(decisions)) {
    const words = decisionsFor(id, main, others)
    if (words.length === 0) return unknownStep(id, steps.filter(canFail), FAILING_WORDS)
    const wrong = [said].flat().find(word => !words.includes(word))
    if (wrong !== undefined)
      return [
        `${id} cannot be decided with ${wrong}`,
        isElsewhere(wrong) ? thereAre(words) : hint(wrong, words),
      ]
  }
  return undefined
}

const wrongGate = (steps: readonly Step[], ids: readonly string[]): Problem | undefined => {
  const actions = steps.filter(({ kind }) => kind === 'action')
  const wrong = ids.find(id => id !== UNDO && !actions.some(step => step.id === id))
  return wrong === undefined ? undefined : unknownStep(wrong, actions, 'action')
}

const asks = ({ kind }: Step): boolean => kind === 'ask' || kind === 'manual'

const unknownStep = (id: string, fitting: readonly Step[], kinds: string): Problem => [
  `there is no ${kinds} step ${id}`,
  hint(
    id,
    fitting.map(step => step.id),
  ),
]

const hint = (said: string, known: readonly string[]): string => {
  const near = nearest(said, known)
  return near ? `did you mean ${near}?` : thereAre(known)
}
