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

/** Answers to steps or choices that the runbook does not have are refused before anything starts. */
export const checkAnswers = (
  io: Io,
  runbooks: readonly [Runbook, ...Runbook[]],
  answers: Answers,
): Loaded<Answers> => {
  const problem = firstProblem(
    runbooks.flatMap(({ steps }) => everyStep(steps)),
    answers,
  )
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
const firstProblem = (steps: readonly Step[], { answers, gates, decisions }: Answers): Problem | undefined => {
  for (const [id, said] of Object.entries(answers)) {
    const keys = steps.filter(step => step.id === id && keysOf(step)).flatMap(step => keysOf(step) ?? [])
    if (keys.length === 0) return unknownStep(steps, id, ['ask', 'manual'])
    const wrong = [said].flat().find(key => !keys.includes(key))
    if (wrong !== undefined) return [`${id} has no choice ${wrong}`, hint(wrong, keys)]
  }
  for (const id of Object.keys(decisions))
    if (!steps.some(step => step.id === id)) return unknownStep(steps, id, DECIDED)
  for (const id of Object.keys(gates))
    if (id !== UNDO && !steps.some(step => step.id === id && step.kind === 'action'))
      return unknownStep(steps, id, ['action'])
  return undefined
}

/** Kinds that can fail, and are then asked about. */
const DECIDED = ['action', 'check', 'parallel', 'each', 'run'] as const satisfies readonly Step['kind'][]

const keysOf = (step: Step): readonly string[] | undefined => {
  if (step.kind === 'manual') return ['done', 'cannot']
  return step.kind === 'ask' ? step.choices.map(({ key }) => key) : undefined
}

const unknownStep = (steps: readonly Step[], id: string, kinds: readonly Step['kind'][]): Problem => {
  const ids = steps.filter(({ kind }) => kinds.includes(kind)).map(step => step.id)
  return [`there is no ${kinds.join(' or ')} step ${id}`, hint(id, ids)]
}

const hint = (said: string, known: readonly string[]): string => {
  const near = nearest(said, known)
  return near ? `did you mean ${near}?` : `there are: ${known.join(', ') || 'none'}`
}
