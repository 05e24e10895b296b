import fc from 'fast-check'
import { filterCase } from './filter-cases.js'
import { tryFilter } from './filter-trial.js'

// So many filters, or as many as the first argument says; the second one is the seed.
const [count = '1000000', seed = `${Date.now() % 1_000_000}`] = process.argv.slice(2)
const CHUNK = 1_000
let [cases, failures] = [0, 0]

for (let chunk = 0; cases < Number(count); chunk += 1) {
  for (const tried of fc.sample(filterCase, { numRuns: CHUNK, seed: Number(seed) + chunk })) {
    const wrong = tryFilter(tried)
    cases += 1
    if (wrong.length === 0) continue
    failures += 1
    const texts = [tried.candidates, tried.kept].map(side => side.map(({ text }) => text).join(' '))
    console.log(`FAILED: ${wrong.join('; ')}\n${texts.join(' minus ')}`)
  }
}

console.log(`seed ${seed}`)
console.log(`${cases} cases, ${failures} failures`)
process.exitCode = failures > 0 ? 1 : 0
