import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { builtProgram } from '../e2e/build.js'
import { KILLED, killAt } from '../e2e/kill-at.js'
import { NODE } from '../e2e/node.js'
import { type End, endOf, whatIsWrong } from './end.js'
import { createNovelty, type Moment, momentsOf } from './moments.js'
import { drillArgs, resumeArgs, STORIES, type Story } from './stories.js'

// Ends a drill with SIGKILL at every write of every story: before the first line of its journal and of its world, in
// the middle of each, and after it. Each is resumed to its end, and must come out as if nothing had happened: the same
// outcome, the same world, the same changes of it, once each, and a journal that verifies.
// Names of stories as arguments: those only.

const HOME_OF_PROGRAM = await builtProgram()
const PROGRAM = path.join(HOME_OF_PROGRAM, 'bin', 'firebreak.js')
const HOME = mkdtempSync(path.join(tmpdir(), 'firebreak-torture-'))
const SIDE_BY_SIDE = 3

const run = (state: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  execa(NODE[0], [...NODE.slice(1), PROGRAM, ...args, '--state', state], {
    env: { PATH: process.env.PATH ?? '', HOME, TMPDIR: HOME, ...env },
    extendEnv: false,
    cwd: HOME_OF_PROGRAM,
    stdin: 'ignore',
    reject: false,
    timeout: 600_000, // a machine that does much else besides must not read as a process that hangs
    killSignal: 'SIGKILL',
  })

const answersFile = ({ name }: Story): string => path.join(HOME, `${name}.yaml`)
const drill = (story: Story): string[] => drillArgs(story, answersFile(story))
const resume = (story: Story): string[] => resumeArgs(answersFile(story))

const linesOf = (state: string, log: 'journal.jsonl' | 'world.log'): string[] => {
  const [id] = readdirSync(path.join(state, 'incidents'))
  const file = path.join(state, 'incidents', id ?? '', log)
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
}

const logsIn = (state: string) => ({
  'journal.jsonl': linesOf(state, 'journal.jsonl'),
  'world.log': linesOf(state, 'world.log'),
})

const endIn = (state: string): End => endOf(linesOf(state, 'journal.jsonl'), linesOf(state, 'world.log'))

const isNew = createNovelty()

const boundariesOf = async (story: Story): Promise<{ readonly end: End; readonly moments: Moment[] }> => {
  const state = path.join(HOME, `${story.name}-whole`)
  const whole = await run(state, drill(story))
  const end = endIn(state)
  const wrong = whole.exitCode === 0 || whole.exitCode === 1 ? whatIsWrong(end) : whole.stderr
  if (wrong !== undefined) throw new Error(`${story.name} does not end well: ${wrong}\n${whole.stdout}`)
  const logs = logsIn(state)
  return { end, moments: isNew(logs, momentsOf(logs)) }
}

/** What is wrong after a crash at that moment; undefined where nothing is. */
const suffer = async (story: Story, moment: Moment, whole: End): Promise<string | undefined> => {
  const state = path.join(HOME, `${story.name}-${moment.replaceAll(':', '-')}`)
  const killed = await run(state, drill(story), killAt(moment))
  if (killed.signal !== KILLED) return `was never reached (exit ${killed.exitCode})`
  const begun = linesOf(state, 'journal.jsonl').length > 0
  const resumed = await run(state, resume(story))
  if (!begun)
    return resumed.exitCode === 0 || linesOf(state, 'world.log').length > 0
      ? 'went on without a journal'
      : undefined
  const over = `${resumed.stderr}`.includes('has ended')
  const verified = await run(state, ['journal', 'verify', 'last'])
  const end = endIn(state)
  rmSync(state, { recursive: true, force: true })
  if (verified.exitCode !== 0) return `its journal does not verify: ${verified.stderr}`
  if (!over && resumed.exitCode !== 0 && resumed.exitCode !== 1)
    return `resume exits ${resumed.exitCode}: ${resumed.stderr}`
  return JSON.stringify(end) === JSON.stringify(whole)
    ? undefined
    : `ends otherwise: ${JSON.stringify(end)} instead of ${JSON.stringify(whole)}`
}

const chosen = process.argv.slice(2)
const stories = STORIES.filter(({ name }) => chosen.length === 0 || chosen.includes(name))
const failures: string[] = []
let count = 0
try {
  for (const story of stories) {
    writeFileSync(answersFile(story), `${story.answers}\n`)
    const { end, moments } = await boundariesOf(story)
    const queue = [...moments]
    const worker = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const wrong = await suffer(story, next, end)
        if (wrong === undefined) continue
        failures.push(`${story.name} ${next}`)
        console.log(`FAILED ${story.name} ${next} ${wrong}`) // at once: a run that is cut short must not hide it
      }
    }
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker))
    count += moments.length
    console.log(`${story.name}: ${moments.length} boundaries`)
  }
} finally {
  rmSync(HOME, { recursive: true, force: true })
}
console.log(`${count} boundaries, ${failures.length} failures`)
process.exitCode = failures.length > 0 ? 1 : 0
