import { Command, CommanderError, Option } from 'commander'
import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { VERSION } from '../version.js'
import type { Io } from './support/io.js'

/**
 * The command line. Only this file is loaded for `--help`: each command's own file, and what it needs,
 * is loaded when it runs.
 */
export const runCli = async (io: Io, argv: readonly string[]): Promise<ExitCode> => {
  let exit: ExitCode = EXIT.done
  const program = build(io, code => {
    exit = code
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exit
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    throw error
  }
}

type Done = (code: ExitCode) => void

const build = (io: Io, done: Done): Command => {
  const program = new Command('firebreak')
    .description('Steps an on-call operator through codified incident runbooks: checks, actions, drills.')
    .version(VERSION)
    .option('--state <dir>', 'folder that holds incidents (default: $FIREBREAK_STATE, else your state folder)')
    .showHelpAfterError('Run with --help to see what there is.')
    .exitOverride()
    .configureOutput({ writeOut: text => io.out.write(text), writeErr: text => io.err.write(text) })
  addLooking(program, io, done)
  addPlaying(program, io, done)
  addTaking(program, io, done)
  addReading(program, io, done)
  addAuthoring(program, io, done)
  addRecords(program, io, done)
  addFilters(program, io, done)
  program.hook('preAction', async (_program, command) => {
    if (REMINDING.has(firstWordOf(command)))
      await (await import('./support/remind.js')).remindOfOverdue(io, command.optsWithGlobals())
  })
  return program
}

const places = (command: Command): Command =>
  command
    .option('--runbooks <dir>', 'folder with the runbooks (default: ./runbooks)')
    .option('--fleet <file>', 'fleet file (default: fleet.yaml beside the runbooks)')

const collect = (value: string, before: string[]): string[] => [...before, value]

const addLooking = (program: Command, io: Io, done: Done): void => {
  places(program.command('triage'))
    .description('how every cluster is, in one screen: no runbook, no incident, nothing changed')
    .option('--json', 'the same for programs')
    .action(async (_options, command) =>
      done(await (await import('./triage.js')).triage(io, command.optsWithGlobals())),
    )
  places(program.command('doctor'))
    .description('whether this machine and these credentials can do what the runbooks may ask')
    .option('--json', 'the same for programs')
    .action(async (_options, command) =>
      done(await (await import('./doctor.js')).doctor(io, command.optsWithGlobals())),
    )
  places(program.command('permissions [runbooks...]'))
    .description('the least-privilege IAM policy for runbooks (default: all of the folder)')
    .action(async (runbooks, _options, command) =>
      done(await (await import('./permissions.js')).permissions(io, runbooks, command.optsWithGlobals())),
    )
}

const addPlaying = (program: Command, io: Io, done: Done): void => {
  places(program.command('run <runbook>'))
    .description('step through a runbook on the real fleet')
    .option('-i, --input <k=v>', 'an input of the runbook, repeatable', collect, [])
    .option('--dry-run', 'check for real, hold every effect back')
    .option('--answers <file>', 'inputs, answers and gates from a YAML file')
    .option('--auto', 'with --dry-run: answer as recommended')
    .addOption(new Option('--ui <ui>', 'how to talk to you').choices(['lines']).default('lines'))
    .option('--json', 'write the journal to stdout, line by line, and ask nothing')
    .action(async (runbook, _options, command) =>
      done(await (await import('./run.js')).run(io, runbook, command.optsWithGlobals())),
    )
  places(program.command('drill [scenario]'))
    .description('play an incident in a simulated fleet')
    .option('--dry-run', 'check for real, hold every effect back')
    .option('--auto', 'answer as recommended, as fast as it can be played')
    .option('--answers <file>', 'inputs, answers and gates from a YAML file')
    .option('--seed <n>', 'which proxy, when and how strongly (default: by chance)')
    .option('--speed <n>', 'virtual seconds per real one while you play (default: 10)')
    .option('--json', 'write the journal to stdout, line by line, and ask nothing')
    .action(async (scenario, _options, command) =>
      done(await (await import('./drill.js')).drill(io, scenario, command.optsWithGlobals())),
    )
  addDo(program, io, done)
  program
    .command('resume <incident>')
    .description('go on with an incident that was paused, or whose process died')
    .option('--auto', 'answer as recommended (drills and dry-runs)')
    .option('--answers <file>', 'answers and gates from a YAML file')
    .option('--json', 'write the journal to stdout, line by line, and ask nothing')
    .action(async (incident, _options, command) =>
      done(await (await import('./resume.js')).resume(io, incident, command.optsWithGlobals())),
    )
}

const addDo = (program: Command, io: Io, done: Done): void => {
  places(program.command('do [action]'))
    .description(
      'one action outside of a runbook: same plan, consent, record and undo (without a name: all there are)',
    )
    .option('-w, --with <k=v>', 'what the action is given, repeatable; a list is a,b', collect, [])
    .option('--incident <id>', 'beside the runbook of that open incident, instead of as one of its own')
    .option('--dry-run', 'show the plan, hold every effect back')
    .option('--answers <file>', 'gates from a YAML file')
    .option('--auto', 'agree to it as it is shown (drills and dry-runs)')
    .option('--json', 'write the journal to stdout, line by line, and ask nothing')
    .action(async (action, _options, command) =>
      done(await (await import('./do.js')).doAction(io, action, command.optsWithGlobals())),
    )
}

const addTaking = (program: Command, io: Io, done: Done): void => {
  program
    .command('undo <incident>')
    .description('take back what an incident changed, newest first: its plan is shown, and asked about')
    .option('--step <id>', 'only what that step changed')
    .option('--dry-run', 'show what would be taken back; write and change nothing')
    .option('--auto', 'agree to it as it is shown (drills)')
    .option('--answers <file>', 'gates from a YAML file')
    .option('--json', 'write the journal to stdout, line by line, and ask nothing')
    .action(async (incident, _options, command) =>
      done(await (await import('./undo.js')).undo(io, incident, command.optsWithGlobals())),
    )
  program
    .command('take <incident>')
    .description('take an incident over from whoever works on it, and go on')
    .option('--auto', 'answer as recommended (drills and dry-runs)')
    .option('--answers <file>', 'answers and gates from a YAML file')
    .option('--json', 'write the journal to stdout, line by line, and ask nothing')
    .action(async (incident, _options, command) =>
      done(await (await import('./take.js')).take(io, incident, command.optsWithGlobals())),
    )
}

const addReading = (program: Command, io: Io, done: Done): void => {
  places(program.command('list'))
    .description('the runbooks there are')
    .action(async (_options, command) =>
      done(await (await import('./list.js')).list(io, command.optsWithGlobals())),
    )
  places(program.command('show <runbook>'))
    .description('a runbook as a page for people')
    .action(async (runbook, _options, command) =>
      done(await (await import('./show.js')).show(io, runbook, command.optsWithGlobals())),
    )
  places(program.command('graph <runbook>'))
    .description('a runbook as a Mermaid flowchart')
    .action(async (runbook, _options, command) =>
      done(await (await import('./graph.js')).graph(io, runbook, command.optsWithGlobals())),
    )
  program
    .command('docs')
    .description('the reference of steps, checks, actions, lint rules and tests, in Markdown')
    .action(async () => done(await (await import('./docs.js')).docs(io)))
}

const addAuthoring = (program: Command, io: Io, done: Done): void => {
  places(program.command('lint [paths...]'))
    .description('check runbooks, their tests, the fleet file and scenarios')
    .option('--format <format>', 'text, json, sarif or github', 'text')
    .option('--explain <rule>', 'what a rule means, with an example; nothing is checked')
    .option('--strict', 'warnings count as errors')
    .action(async (paths, _options, command) =>
      done(await (await import('./lint.js')).lint(io, paths, command.optsWithGlobals())),
    )
  addNew(program, io, done)
  program
    .command('schema')
    .description('the JSON Schema of runbooks, for editors')
    .option('--write <file>', 'write it there instead of to stdout')
    .action(async (_options, command) =>
      done(await (await import('./schema.js')).schema(io, command.optsWithGlobals())),
    )
  places(program.command('test [files...]'))
    .description('play the tests of runbooks as drills (default: tests/*.test.yaml beside the runbooks)')
    .option('--min-coverage <percent>', 'fail where less of a runbook is taken by its cases')
    .option('--mutate', 'make one mistake at a time: each must fail some case')
    .option('--jobs <n>', 'how many are played side by side (default: one for each core)')
    .action(async (files, _options, command) =>
      done(await (await import('./test.js')).test(io, files, command.optsWithGlobals())),
    )
  program
    .command('play-cases', { hidden: true })
    .action(async () => done(await (await import('./support/testing/worker.js')).serveCases()))
}

const addNew = (program: Command, io: Io, done: Done): void => {
  const made = places(program.command('new [name]'))
    .description('write a runbook that works, with a drill and a test, to be changed')
    .option('--title <text>', 'what has happened, in a few words')
    .option('--template <name>', 'what it begins as: announce, ask, drain, reload, replace or webhook')
    .helpCommand(false)
    .action(async (name, _options, command) =>
      done(await (await import('./new.js')).newRunbook(io, name, command.optsWithGlobals())),
    )
  for (const part of ['check', 'action'] as const)
    made
      .command(`${part} [name]`)
      .description(`write a new ${part} into a checkout of firebreak, with a test, to be changed`)
      .option('--summary <text>', 'what it is for, in a few words')
      .action(async (name, _options, command) =>
        done(await (await import('./new-part.js')).newPart(io, part, name, command.optsWithGlobals())),
      )
}

const addRecords = (program: Command, io: Io, done: Done): void => {
  program
    .command('incidents')
    .description('the incidents there were, newest first')
    .action(async (_options, command) =>
      done(await (await import('./incidents.js')).incidents(io, command.optsWithGlobals())),
    )
  program
    .command('status [incident]')
    .description('where an incident stands (default: the newest)')
    .action(async (incident, _options, command) =>
      done(await (await import('./status.js')).status(io, incident, command.optsWithGlobals())),
    )
  program
    .command('note <incident> <text...>')
    .description('add a note to the record of an incident that nobody works on, also after its end')
    .action(async (incident, text, _options, command) =>
      done(await (await import('./note.js')).note(io, incident, text, command.optsWithGlobals())),
    )
  program
    .command('did <incident> <text...>')
    .description(
      'record a change that you made by hand, in an incident that nobody works on, also after its end',
    )
    .option('-t, --target <id>', 'what it was made on, repeatable', collect, [])
    .action(async (incident, text, _options, command) =>
      done(await (await import('./did.js')).did(io, incident, text, command.optsWithGlobals())),
    )
  const journal = program.command('journal').description('the record of an incident')
  journal
    .command('verify <incident>')
    .description('prove that nothing in the record was changed')
    .action(async (incident, _options, command) =>
      done(await (await import('./journal.js')).journalVerify(io, incident, command.optsWithGlobals())),
    )
  journal
    .command('cat <incident>')
    .description('print the record, verified')
    .action(async (incident, _options, command) =>
      done(await (await import('./journal.js')).journalCat(io, incident, command.optsWithGlobals())),
    )
}

const addFilters = (program: Command, io: Io, done: Done): void => {
  places(program.command('expire [names...]'))
    .description('remove filters whose time is over, or those that are named; quiet where none is due (cron)')
    .option('--list', 'show what stands, and change nothing')
    .option('--dry-run', 'show what would be removed')
    .option('--forget', 'strike what is named out of the register without a look: its host is no more')
    .option('--from-acl <acl>', 'with the register lost: go by the tags of that network ACL')
    .option('--region <region>', 'where that ACL is')
    .option('--all', 'with --from-acl: all that is ours, whatever its time')
    .option('--json', 'the same for programs')
    .action(async (names, _options, command) =>
      done(await (await import('./expire.js')).expire(io, names, command.optsWithGlobals())),
    )
}

/** Commands of people who look after a fleet, whom a filter that stands too long concerns. */
const REMINDING: ReadonlySet<string> = new Set([
  ...['triage', 'doctor', 'run', 'do', 'resume', 'undo', 'take'],
  ...['incidents', 'status', 'note', 'did', 'journal'],
])

/** `journal` of `firebreak journal verify`. */
const firstWordOf = (command: Command): string =>
  command.parent?.parent ? firstWordOf(command.parent) : command.name()
