import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { runbookSchemaText } from '../runbook/json-schema.js'
import { answerFor } from './support/answer-for.js'
import { catalogue } from './support/catalogue.js'
import { findFleet, type Loaded, type Places, SHIPPED } from './support/definitions.js'
import { type Global, type Io, say } from './support/io.js'
import { allowingCommand, commandsLine, isAllowed } from './support/templates/allow-command.js'
import { missing } from './support/templates/ask.js'
import type { Template } from './support/templates/runbooks/template.js'
import { type Place, runbookFilesFor, TEMPLATES } from './support/templates/templates.js'
import { writeAll } from './support/templates/write.js'

export type NewOptions = Global & Places & { readonly title?: string; readonly template?: string }

/** Writes a runbook that works, with a drill and a test of its own: what is not said is asked for. */
export const newRunbook = async (io: Io, said: string | undefined, options: NewOptions): Promise<ExitCode> => {
  const wanted = await whatToWrite(io, said, options)
  if ('exit' in wanted) return wanted.exit
  const dir = path.resolve(io.cwd, options.runbooks ?? 'runbooks')
  const fleet = await fleetFor(io, dir, options)
  if ('exit' in fleet) return fleet.exit
  const { template } = wanted.value
  const own = runbookFilesFor(wanted.value, fleet.value).map(
    ([file, text]) => [path.join(dir, file), text] as const,
  )
  const taken = own.find(([file]) => existsSync(file))
  if (taken) {
    say(io, `firebreak: there is ${taken[0]} already`)
    say(io, '  next: choose another name; nothing was written')
    return EXIT.usage
  }
  // What belongs to all runbooks of a folder is left alone where it is there.
  const brought = template.command ? withCommand(fleet.value, template.command) : fleet.value
  const shared = [
    [path.join(dir, 'runbook.schema.json'), runbookSchemaText(catalogue)],
    ...(brought.text === undefined ? [] : [[path.join(dir, 'fleet.yaml'), brought.text] as const]),
  ] as const
  const files = [...own, ...shared.filter(([file]) => !existsSync(file))]
  if (!(await writeAll(io, { files }, 'name a folder that you may write to with --runbooks')))
    return EXIT.unresolved
  say(io, whatNext(wanted.value, brought))
  return EXIT.done
}

const whatNext = ({ name, template: { command } }: Wanted, { allowed }: Stage): string =>
  [
    'next',
    ...(command === undefined || isAllowed(allowed, command)
      ? []
      : [`  ${commandsLine(command)}  under \`guardrails\` of your fleet file allows what it runs`]),
    `  firebreak drill ${name}  plays it`,
    '  firebreak test  proves it',
    '  firebreak lint  after each change',
  ].join('\n')

/** Where it is to be played; with the text of a fleet file where the folder has none. */
type Stage = Place & { readonly allowed: readonly (readonly string[])[]; readonly text?: string }

const fleetFor = async (io: Io, dir: string, options: NewOptions): Promise<Loaded<Stage>> => {
  const hasOwn = options.fleet !== undefined || existsSync(path.join(dir, 'fleet.yaml'))
  const fleet = await findFleet(io, hasOwn ? { ...options, runbooks: dir } : { runbooks: SHIPPED })
  if ('exit' in fleet) return fleet
  const { clusters, guardrails, file } = fleet.value
  const [first] = Object.values(clusters)
  const stage = {
    cluster: first?.name ?? '',
    frontend: first?.proxies.frontends[0]?.name ?? '',
    allowed: guardrails.commands,
  }
  return { value: hasOwn ? stage : { ...stage, text: await readFile(file, 'utf8') } }
}

/** The fleet file that firebreak brings along allows no command: one that goes with a runbook allows its own. */
const withCommand = (stage: Stage, command: readonly string[]): Stage => {
  const text = stage.text === undefined ? undefined : allowingCommand(stage.text, command)
  return text === undefined ? stage : { ...stage, text, allowed: [...stage.allowed, command] }
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

const nameProblem = (name: string): string | undefined =>
  NAME.test(name) ? undefined : `a name is lower case letters, digits and hyphens, and \`${name}\` is not`

const titleProblem = (title: string): string | undefined =>
  title.trim() === '' || title.includes('${{') ? 'a title is a few words, without ${{ }}' : undefined

const templateProblem = (key: string): string | undefined =>
  Object.hasOwn(TEMPLATES, key) ? undefined : `There are: ${Object.keys(TEMPLATES).join(', ')}.`
