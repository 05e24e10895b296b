import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Program, ratio } from './pairs.js'

// Each figure is a ratio inside this run, printed as `name value aim ok|over`; `stated` where there is no aim.

const root = fileURLToPath(new URL('../..', import.meta.url))
const firebreak = path.join(root, 'bin', 'firebreak.js')
const state = mkdtempSync(path.join(tmpdir(), 'firebreak-bench-'))
const PAIRS = 15

const bare: Program = { argv: [process.execPath, '-e', '0'] }
const program = (args: readonly string[], rest: Omit<Program, 'argv'>): Program => ({
  argv: [process.execPath, firebreak, ...args],
  env: { FIREBREAK_STATE: state },
  ...rest,
})

type Figure = { readonly name: string; readonly program: Program; readonly aim?: number }

const FIGURES: readonly Figure[] = [
  { name: 'help', program: program(['--help'], { prints: 'Usage: firebreak' }), aim: 1.5 },
  {
    name: 'lint-shipped-runbooks',
    program: program(['lint', path.join(root, 'runbooks')], { prints: '0 errors, 0 warnings' }),
    aim: 2.5,
  },
  {
    name: 'drill-to-first-question',
    program: program(['drill', '--auto', '--json', '--seed', '1', '--runbooks', path.join(root, 'runbooks')], {
      until: '"type":"question.asked"',
    }),
  },
]

let over = 0
try {
  for (const { name, program: candidate, aim } of FIGURES) {
    const value = await ratio(candidate, bare, PAIRS)
    const verdict = aim === undefined ? 'ok' : value <= aim ? 'ok' : 'over'
    if (verdict === 'over') over += 1
    console.log(`${name} ${value.toFixed(2)} ${aim ?? 'stated'} ${verdict}`)
  }
} finally {
  rmSync(state, { recursive: true, force: true })
}
process.exitCode = over > 0 ? 1 : 0
