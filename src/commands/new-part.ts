import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { answerFor } from './support/answer-for.js'
import type { Loaded } from './support/definitions.js'
import { type Global, type Io, say } from './support/io.js'
import { missing } from './support/templates/ask.js'
import { actionFiles } from './support/templates/code/action.js'
import { checkFiles } from './support/templates/code/check.js'
import { findCheckout, tidy } from './support/templates/code/checkout.js'
import {
  type Names,
  namesOf,
  PART,
  type Part,
  partNameProblem,
  summaryProblem,
  type Written,
} from './support/templates/code/part.js'
import { isRegistered, withLine } from './support/templates/code/register.js'
import { writeAll } from './support/templates/write.js'

export type NewPartOptions = Global & { readonly summary?: string }

type Kind = {
  readonly registry: string
  readonly filesOf: (names: Names) => readonly Written[]
  /** Asked of who writes one. */
  readonly about: string
}

const KINDS: { readonly [P in Part]: Kind } = {
  [PART.action]: {
    registry: 'src/actions/registry.ts',
    filesOf: actionFiles,
    about: 'What does it change, in a few words?',
  },
  [PART.check]: {
    registry: 'src/checks/registry.ts',
    filesOf: checkFiles,
    about: 'What does it look at, in a few words?',
  },
}

/** Writes a check or an action that works into firebreak's own sources, with a test, to be changed. */
export const newPart = async (
  io: Io,
  part: Part,
  said: string | undefined,
  options: NewPartOptions,
): Promise<ExitCode> => {
  const root = await findCheckout(io.cwd)
  if (root === undefined) return noCheckout(io, part)
  const wanted = await whatToWrite(io, part, said, options)
  if ('exit' in wanted) return wanted.exit
  const kind = KINDS[part]
  const registry = path.join(root, kind.registry)
  const before = await readFile(registry, 'utf8').catch(() => '') // none: it is not known below
  const after = withLine(before, wanted.value)
  if (after === undefined) return unknownRegistry(io, registry)
  const files = kind.filesOf(wanted.value).map(([file, text]) => [path.join(root, file), text] as const)
  const taken = isRegistered(before, wanted.value) ? registry : takenOf(files)
  if (taken !== undefined) {
    say(io, `firebreak: there is ${taken === registry ? `${wanted.value.name} in ` : ''}${taken} already`)
    say(io, '  next: choose another name; nothing was written')
    return EXIT.usage
  }
  const next = 'delete that, and look at who may write there'
  if (!(await writeAll(io, { files, changed: [registry, after] }, next))) return EXIT.unresolved
  const left = await tidy(root, [...files.map(([file]) => path.relative(root, file)), kind.registry])
  say(io, nextSteps(part, wanted.value, left))
  return EXIT.done
}

/** A file that is there, or its folder: what somebody left in it would be taken for a part of this. */
const takenOf = (files: readonly Written[]): string | undefined =>
  files
    .flatMap(([file]) => (path.basename(file) === 'schema.ts' ? [path.dirname(file)] : [file]))
    .find(file => existsSync(file))

const noCheckout = (io: Io, part: Part): ExitCode => {
  say(io, `firebreak: ${io.cwd} is in no checkout of firebreak, and every ${part} is a part of its sources`)
  say(
    io,
    '  next: clone firebreak, `npm install` there, and say it again inside; for a runbook, `firebreak new NAME`',
  )
  return EXIT.usage
}

const unknownRegistry = (io: Io, registry: string): ExitCode => {
  say(io, `firebreak: ${registry} is not as it was when this firebreak was made; nothing was written`)
  say(io, '  next: use the firebreak of that checkout: npm run build && node bin/firebreak.js')
  return EXIT.unresolved
}

const whatToWrite = async (
  io: Io,
  part: Part,
  said: string | undefined,
  options: NewPartOptions,
): Promise<Loaded<Names>> => {
  const name = await answerFor(io, said, `Name of the ${part}, such as dns.resolve:`, partNameProblem)
  if (name === undefined) return missing(io, `a name for the ${part}, such as dns.resolve`)
  const summary = await answerFor(io, options.summary, KINDS[part].about, summaryProblem)
  for (const problem of [partNameProblem(name), summary === undefined ? undefined : summaryProblem(summary)])
    if (problem !== undefined) {
      say(io, `firebreak: ${problem}`)
      return { exit: EXIT.usage }
    }
  return summary === undefined ? missing(io, '--summary TEXT') : { value: namesOf(name, summary) }
}

const nextSteps = (part: Part, { folder, name }: Names, left: readonly string[]): string =>
  [
    'next',
    ...left.map(command => `  ${command}  could not be done from here`),
    `  src/${part}s/${folder}/schema.ts  say what ${name} takes and gives; then what it does`,
    `  npx vitest run --config test/vitest.config.ts test/${part}s/${folder}.test.ts  after each change`,
    '  npm run check  before it is reviewed',
  ].join('\n')
