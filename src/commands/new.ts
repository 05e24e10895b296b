import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { read } from '../hosts/lines/read.js'
import { runbookSchemaText } from '../runbook/json-schema.js'
import { catalogue } from './support/catalogue.js'
import { findFleet, type Loaded, type Places, SHIPPED } from './support/definitions.js'
import { isAttended } from './support/host.js'
import { type Global, type Io, print, say } from './support/io.js'
import { scenarioFor, TEMPLATES, type Template, testsFor } from './support/templates.js'

export type NewOptions = Global & Places & { readonly title?: string; readonly template?: string }

/** Writes a runbook that works, with a drill and a test of its own: what is not said is asked for. */
export const newRunbook = async (io: Io, said: string | undefined, options: NewOptions): Promise<ExitCode> => {
  const wanted = await whatToWrite(io, said, options)
  if ('exit' in wanted) return wanted.exit
  const dir = path.resolve(io.cwd, options.runbooks ?? 'runbooks')
  const fleet = await fleetFor(io, dir, options)
  if ('exit' in fleet) return fleet.exit
  const { name, title, template } = wanted.value
  const own = [
    [path.join(dir, `${name}.yaml`), template.runbook(name, title)],
    [path.join(dir, 'drills', `${name}.yaml`), scenarioFor(name, title, fleet.value.cluster)],
    [path.join(dir, 'tests', `${name}.test.yaml`), testsFor(name, template)],
  ] as const
  const taken = own.find(([file]) => existsSync(file))
  if (taken) {
    say(io, `firebreak: there is ${taken[0]} already`)
    say(io, '  next: choose another name; nothing was written')
    return EXIT.usage
  }
  // What belongs to all runbooks of a folder is left alone where it is there.
  const shared = [
    [path.join(dir, 'runbook.schema.json'), runbookSchemaText(catalogue)],
    ...(fleet.value.text === undefined ? [] : [[path.join(dir, 'fleet.yaml'), fleet.value.text] as const]),
  ] as const
  return writeAll(io, name, [...own, ...shared.filter(([file]) => !existsSync(file))])
}

/** The first cluster to play with; and the text of a fleet file where the folder has none. */
const fleetFor = async (
  io: Io,
  dir: string,
  options: NewOptions,
): Promise<Loaded<{ readonly cluster: string; readonly text?: string }>> => {
  const hasOwn = options.fleet !== undefined || existsSync(path.join(dir, 'fleet.yaml'))
  const fleet = await findFleet(io, hasOwn ? { ...options, runbooks: dir } : { runbooks: SHIPPED })
  if ('exit' in fleet) return fleet
  const [cluster = ''] = Object.keys(fleet.value.clusters)
  return { value: hasOwn ? { cluster } : { cluster, text: await readFile(fleet.value.file, 'utf8') } }
}

type Wanted = { readonly name: string; readonly title: string; readonly template: Template }

const NAME = /^[a-z][a-z0-9-]*$/

const whatToWrite = async (io: Io, said: string | undefined, options: NewOptions): Promise<Loaded<Wanted>> => {
  const name = await answerFor(io, said, 'Name of the runbook:', nameProblem)
  if (name === undefined) return missing(io, 'a name, such as shard-latency')
  const title = await answerFor(io, options.title, 'What has happened, in a few words?', titleProblem)
  if (title === undefined) return missing(io, '--title TEXT')
  const known = Object.entries(TEMPLATES).map(([key, { what }]) => `  ${key}  ${what}`)
  const question = `Which of these is it most like?\n${known.join('\n')}\n`
  const key = await answerFor(io, options.template, question, templateProblem)
  const template = key === undefined ? undefined : TEMPLATES[key]
  if (!template) return missing(io, `--template ${Object.keys(TEMPLATES).join(' or ')}`)
  for (const problem of [nameProblem(name), titleProblem(title)])
    if (problem !== undefined) {
      say(io, `firebreak: ${problem}`)
      return { exit: EXIT.usage }
    }
  return { value: { name, title, template } }
}

/** As said, else asked for until it fits; undefined where nobody is there, or nobody answers. */
const answerFor = async (
  io: Io,
  said: string | undefined,
  question: string,
  problem: (text: string) => string | undefined,
): Promise<string | undefined> => {
  if (said !== undefined || !isAttended(io, false)) return said
  return read(io, new AbortController().signal, question, text => {
    const wrong = problem(text.trim())
    return wrong === undefined ? { value: text.trim() } : wrong
  })
}

const nameProblem = (name: string): string | undefined =>
  NAME.test(name) ? undefined : `a name is lower case letters, digits and hyphens, and \`${name}\` is not`

const titleProblem = (title: string): string | undefined =>
  title.trim() === '' || title.includes('${{') ? 'a title is a few words, without ${{ }}' : undefined

const templateProblem = (key: string): string | undefined =>
  Object.hasOwn(TEMPLATES, key) ? undefined : `There are: ${Object.keys(TEMPLATES).join(', ')}.`

const missing = (io: Io, what: string): { readonly exit: ExitCode } => {
  say(io, 'firebreak: what to write is not known, and there is no terminal to ask at')
  say(io, `  next: give ${what}`)
  return { exit: EXIT.usage }
}

const writeAll = async (
  io: Io,
  name: string,
  files: readonly (readonly [file: string, text: string])[],
): Promise<ExitCode> => {
  try {
    for (const [file, text] of files) {
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, text, { flag: 'wx' })
      print(io, path.relative(io.cwd, file))
    }
  } catch (error) {
    say(
      io,
      `firebreak: not everything could be written: ${error instanceof Error ? error.message : String(error)}`,
    )
    say(io, '  next: what was written is named above; name a folder that you may write to with --runbooks')
    return EXIT.unresolved
  }
  say(
    io,
    `next\n  firebreak drill ${name}  plays it\n  firebreak test  proves it\n  firebreak lint  after each change`,
  )
  return EXIT.done
}
