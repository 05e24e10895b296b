import fc from 'fast-check'
import { catalogue } from '../../src/commands/support/catalogue.js'
import { document } from './documents.js'
import { createTrial } from './trial.js'

// So many documents, or as many as the first argument says; the second one is the seed.
const [count = '20000', seed = `${Date.now() % 1_000_000}`] = process.argv.slice(2)
const CHUNK = 500
const MOST_MIB = 300
/** Milliseconds that one document may take. */
const MOST_MS = 1_000
const LEAST = { typed: 0.3, valid: 0.05 } as const

const trial = createTrial(catalogue)
const sums = { documents: 0, typed: 0, valid: 0, slowest: 0, failures: 0 }

for (let chunk = 0; sums.documents < Number(count); chunk += 1) {
  for (const text of fc.sample(document, { numRuns: CHUNK, seed: Number(seed) + chunk })) {
    const { typed, valid, ms, wrong: said } = trial(text)
    const wrong = ms > MOST_MS ? [...said, `it took ${Math.round(ms)} ms`] : said
    sums.documents += 1
    sums.typed += typed ? 1 : 0
    sums.valid += valid ? 1 : 0
    sums.slowest = Math.max(sums.slowest, ms)
    if (wrong.length === 0) continue
    sums.failures += 1
    console.log(`FAILED: ${wrong.join('; ')}\n${JSON.stringify(text.slice(0, 2_000))}`)
  }
}

const share = (part: number): number => part / sums.documents
const percent = (part: number): string => `${(share(part) * 100).toFixed(1)} %`
const mebibytes = process.resourceUsage().maxRSS / 1_024
console.log(
  `${sums.documents} documents (seed ${seed}): ${percent(sums.typed)} reached the type checker, ${percent(sums.valid)} valid, ` +
    `slowest ${Math.round(sums.slowest)} ms, ${Math.round(mebibytes)} MiB, ${sums.failures} failures`,
)
const poor = share(sums.typed) < LEAST.typed || share(sums.valid) < LEAST.valid || mebibytes > MOST_MIB
process.exitCode = sums.failures > 0 || poor ? 1 : 0
