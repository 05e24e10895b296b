import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { filterCarve } from './filter-carve.js'
import { appendRatio } from './journal-append.js'
import { replaying } from './journal-replay.js'
import { lintMany } from './lint-many.js'
import { lintTangled } from './lint-tangled.js'
import { type Program, ratio } from './pairs.js'
import { sshSurvey } from './ssh-survey.js'
import { stepCost } from './step-cost.js'
import { surveying } from './survey.js'

// Each figure is a ratio inside this run, printed as `name value aim ok|over`; `stated` where there is no aim.

const root = fileURLToPath(new URL('../..', import.meta.url))
const firebreak = path.join(root, 'bin', 'firebreak.js')
const state = mkdtempSync(path.join(tmpdir(), 'firebreak-bench-'))
const PAIRS = 15
/** The library as a program of Node gets it. */
const YAML = createRequire(import.meta.url).resolve('yaml')

const bare: Program = { argv: [process.execPath, '-e', '0'] }
const program = (args: readonly string[], rest: Omit<Program, 'argv'>): Program => ({
  argv: [process.execPath, firebreak, ...args],
  env: { FIREBREAK_STATE: state },
  ...rest,
})

type Aim = { readonly atMost: number } | { readonly atLeast: number }
/** A value of undefined could not be measured here, and `why` says so. */
export type Figure = {
  readonly name: string
  readonly value: number | undefined
  readonly aim?: Aim
  readonly why?: string
}
type Measurement = () => Promise<readonly Figure[]>

const comparedToNode = (name: string, candidate: Program, aim?: Aim): Measurement => {
  return async () => [{ name, value: await ratio(candidate, bare, PAIRS), ...(aim ? { aim } : {}) }]
}

const journalAppend: Measurement = async () => [
  { name: 'journal-append', value: await appendRatio(state, PAIRS), aim: { atLeast: 0.7 } },
]

const journalReplay: Measurement = async () => {
  const { ratio, mebibytes } = await replaying(state, 7)
  return [
    { name: 'journal-replay', value: ratio, aim: { atMost: 4 } },
    { name: 'journal-replay-rss-mib', value: mebibytes, aim: { atMost: 300 } },
  ]
}

const MEASUREMENTS: readonly Measurement[] = [
  comparedToNode('help', program(['--help'], { prints: 'Usage: firebreak' }), { atMost: 1.5 }),
  comparedToNode(
    'lint-shipped-runbooks',
    program(['lint', path.join(root, 'runbooks')], { prints: '0 errors, 0 warnings' }),
    { atMost: 2.5 },
  ),
  comparedToNode(
    'drill-to-first-question',
    program(['drill', '--auto', '--json', '--seed', '1', '--runbooks', path.join(root, 'runbooks')], {
      until: '"type":"question.asked"',
    }),
  ),
  async () => [
    { name: 'lint-1000-to-parsing', value: await lintMany(firebreak, state, YAML, 3), aim: { atMost: 2 } },
  ],
  async () => [{ name: 'lint-tangled-to-half', value: await lintTangled(7), aim: { atMost: 5 } }],
  journalAppend,
  journalReplay,
  () => stepCost(firebreak, state, 5),
  () => surveying(firebreak, state, 15),
  () => sshSurvey(state, 7),
  () => filterCarve(state, 7),
]

const isOver = (value: number, aim: Aim): boolean =>
  'atMost' in aim ? value > aim.atMost : value < aim.atLeast

const aimWords = (aim: Aim): string => ('atMost' in aim ? `<=${aim.atMost}` : `>=${aim.atLeast}`)

let over = 0
try {
  for (const measurement of MEASUREMENTS) {
    for (const { name, value, aim, why } of await measurement()) {
      const missed = value !== undefined && aim !== undefined && isOver(value, aim)
      if (missed) over += 1
      const verdict = missed ? 'over' : 'ok'
      const said = value === undefined ? `- not measured: ${why}` : value.toFixed(2)
      console.log(
        `${name} ${said} ${aim ? aimWords(aim) : 'stated'} ${value === undefined ? '' : verdict}`.trim(),
      )
    }
  }
} finally {
  rmSync(state, { recursive: true, force: true })
}
process.exitCode = over > 0 ? 1 : 0
