import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { KILLED, killAt } from '../e2e/kill-at.js'

// Ends a drill with SIGKILL at every write of every story: before each line of its journal, of its world and of its
// endpoints' log, in the middle of it, and after it. Each is resumed to its end, and must come out as if nothing had
// happened: the same outcome, the same changes of the world, once each, and a journal that verifies.

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROGRAM = path.join(ROOT, 'bin', 'firebreak.js')
const HOME = mkdtempSync(path.join(tmpdir(), 'firebreak-torture-'))
const SIDE_BY_SIDE = 3

/** A way through the shipped runbook; each writes other lines. */
const STORIES = [
  { name: 'agreed', seed: 3, answers: '{}' },
  { name: 'declined', seed: 5, answers: '{ gates: { replace: decline } }' },
  { name: 'watched', seed: 8, answers: '{ answers: { calm: [watch, yes] } }' },
] as const
type Story = (typeof STORIES)[number]

const LOGS = ['journal.jsonl', 'world.log', 'endpoint.log'] as const
type Boundary = { readonly story: Story; readonly moment: string }

/** What must not depend on crashes. */
type End = { readonly outcome: string; readonly score: string; readonly world: readonly string[] }

const run = (state: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  execa(process.execPath, [PROGRAM, ...args, '--state', state], {
    env: { PATH: process.env.PATH ?? '', HOME, TMPDIR: HOME, ...env },
    extendEnv: false,
    cwd: ROOT,
    stdin: 'ignore',
    reject: false,
    timeout: 120_000,
    killSignal: 'SIGKILL',
  })

const answersFile = ({ name }: Story): string => path.join(HOME, `${name}.yaml`)
const drill = (story: Story): string[] => [
  'drill',
  '--auto',
  '--seed',
  `${story.seed}`,
  '--answers',
  answersFile(story),
]
const resume = (story: Story): string[] => ['resume', 'last', '--auto', '--answers', answersFile(story)]

const linesOf = (state: string, log: string): string[] => {
  const [id] = readdirSync(path.join(state, 'incidents'))
  if (id === undefined) return []
  return readFileSync(path.join(state, 'incidents', id, log), 'utf8')
    .split('\n')
    .slice(0, -1)
}

const endOf = (state: string): End => {
  const journal = linesOf(state, 'journal.jsonl').map(line => JSON.parse(line))
  const data = (type: string) => journal.filter(event => event.type === type).map(event => event.data)
  const ended = data('incident.ended')
  return {
    outcome: ended.length === 1 ? ended[0].outcome : `${ended.length} endings`,
    // Time that a crash costs is not what is compared; what was done is.
    score: data('drill.scored')
      .map(({ measures: m }) => [m.faulted_replaced, m.healthy_replaced, m.instances_leaked].join())
      .join(),
    world: linesOf(state, 'world.log')
      .map(line => JSON.parse(line))
      .map(({ operation, result }) => `${operation} ${idsIn(result)}`),
  }
}

/** Ids of what a change made: they follow from the seed and the order of changes. */
const idsIn = (result: unknown): string =>
  (JSON.stringify(result ?? null).match(/\b(i|eipassoc)-[0-9a-f]+/g) ?? []).join()

const boundariesOf = async (story: Story): Promise<{ readonly end: End; readonly boundaries: Boundary[] }> => {
  const state = path.join(HOME, `${story.name}-whole`)
  const whole = await run(state, drill(story))
  if (whole.exitCode !== 0 && whole.exitCode !== 1)
    throw new Error(`${story.name} does not end:\n${whole.stderr}`)
  const boundaries = LOGS.flatMap(log =>
    linesOf(state, log).flatMap((_, line) =>
      // An endpoint's log is no state: only the moment counts, and the moment after one line is before the next.
      (log === 'endpoint.log' ? ['after'] : ['before', 'torn', 'after']).map(when => ({
        story,
        moment: `${log}:${line + 1}:${when}`,
      })),
    ),
  )
  return { end: endOf(state), boundaries }
}

/** What is wrong after a crash at that boundary; undefined where nothing is. */
const suffer = async ({ story, moment }: Boundary, whole: End): Promise<string | undefined> => {
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
  const end = endOf(state)
  const same = JSON.stringify(end) === JSON.stringify(whole)
  rmSync(state, { recursive: true, force: true })
  if (verified.exitCode !== 0) return `its journal does not verify: ${verified.stderr}`
  if (!over && resumed.exitCode !== 0 && resumed.exitCode !== 1)
    return `resume exits ${resumed.exitCode}: ${resumed.stderr}`
  return same ? undefined : `ends otherwise: ${JSON.stringify(end)} instead of ${JSON.stringify(whole)}`
}

const failures: string[] = []
let count = 0
try {
  for (const story of STORIES) writeFileSync(answersFile(story), `${story.answers}\n`)
  for (const story of STORIES) {
    const { end, boundaries } = await boundariesOf(story)
    const queue = [...boundaries]
    const worker = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const wrong = await suffer(next, end)
        if (wrong !== undefined) failures.push(`${story.name} ${next.moment} ${wrong}`)
      }
    }
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker))
    count += boundaries.length
    console.log(`${story.name}: ${boundaries.length} boundaries`)
  }
} finally {
  rmSync(HOME, { recursive: true, force: true })
}
for (const failure of failures) console.log(`FAILED ${failure}`)
console.log(`${count} boundaries, ${failures.length} failures`)
process.exitCode = failures.length > 0 ? 1 : 0
