import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { medianRatio } from './median.js'
import { type Program, time } from './pairs.js'

const RUNBOOKS = 1_000
const STEPS = 40

/** `firebreak lint` over a thousand runbooks, against reading the same files with the `yaml` package alone. */
export const lintMany = (firebreak: string, folder: string, yaml: string, pairs: number): Promise<number> => {
  const dir = path.join(folder, 'many')
  mkdirSync(dir)
  for (let n = 0; n < RUNBOOKS; n += 1) writeFileSync(path.join(dir, `r${n}.yaml`), runbookOf(n))
  const lint: Program = {
    argv: [process.execPath, firebreak, 'lint', dir],
    prints: `${RUNBOOKS} files, 0 errors`,
  }
  const parse: Program = { argv: [process.execPath, '--input-type=module', '-e', parsing(dir, yaml)] }
  return medianRatio(
    () => time(lint),
    () => time(parse),
    pairs,
  )
}

const parsing = (dir: string, yaml: string): string => `
import { readdirSync, readFileSync } from 'node:fs'
import { parseDocument } from ${JSON.stringify(pathToFileURL(yaml).href)}
for (const name of readdirSync(${JSON.stringify(dir)})) {
  const document = parseDocument(readFileSync(${JSON.stringify(dir)} + '/' + name, 'utf8'))
  if (document.errors.length > 0) throw new Error(name)
  document.toJS()
}`

/** Rounds of look, decide, replace and ask, as runbooks are written; each file a little different. */
const runbookOf = (n: number): string => {
  const rounds = Math.floor((STEPS - 1) / 3)
  const steps = Array.from({ length: rounds }, (_, round) => {
    const next = round + 1 < rounds ? `look_${round + 1}` : 'over'
    return `  - id: look_${round}
    title: Look at all proxies, time ${round}
    check: proxy.connections
    with: { cluster: "\${{ inputs.cluster }}" }
    expect: size(result.hot) == 0 && size(result.unseen) == 0
    on_failure: { goto: replace_${round} }
  - id: calm_${round}
    ask: "Hot are \${{ steps.look_${round}.hot_share }}. Is it over?"
    choices:
      yes: { label: Yes, recommended: true, end: resolved }
      no: { label: No, goto: ${next} }
  - id: replace_${round}
    title: Replace the worst proxy
    action: proxy.replace
    with: { proxies: "\${{ steps.look_${round}.worst }}" }
    verify: { again: look_${round}, hold: 60s, within: ${(n % 9) + 2}m }
    on_failure: { goto: ${next} }`
  })
  return `runbook: many-${n}\ntitle: One of many, ${n}\ninputs:\n  cluster: { type: cluster }\nsteps:\n${steps.join('\n')}\n  - id: over\n    end: unresolved\n`
}
