import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const report = process.env.FIREBREAK_TEST_REPORT

const ALONE = ['test/conformance/**/*.test.ts', 'test/providers/sealed-client.test.ts']

/** They take a minute each, mostly for processes of their own. */
const LONGEST = [
  'test/e2e/runbook-tests.test.ts',
  'test/e2e/kill-stories.test.ts',
  'test/e2e/flush.test.ts',
  'test/e2e/moto.test.ts',
  'test/e2e/without-aws.test.ts',
  'test/e2e/new.test.ts',
  'test/e2e/kill.test.ts',
]

/**
 * Those with modules of their own, then the longest, then what starts processes: so what is left at the end is short,
 * no core idles, and a worker that has loaded the modules of all others goes on with them.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      if (project.name === 'alone') return -1
      const longest = LONGEST.findIndex(file => moduleId.endsWith(file))
      if (longest >= 0) return longest
      return moduleId.includes('/test/e2e/') ? LONGEST.length : LONGEST.length + 1
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  define: { FIREBREAK_VERSION: JSON.stringify(version) },
  test: {
    projects: [
      {
        extends: true,
        // Each file with modules of its own: these end processes of this very one, or change its environment.
        test: { name: 'alone', include: ALONE },
      },
      {
        extends: true,
        // To load every module anew for each of some two hundred files costs more than their tests.
        test: { name: 'together', include: ['test/**/*.test.ts'], exclude: ALONE, isolate: false },
      },
    ],
    setupFiles: ['test/end-of-file.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes sooner or later; how soon depends on the machine.
    expect: { poll: { timeout: 20_000 } },
    // More than there are cores: most tests wait for processes of their own, or for servers.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    reporters: report ? ['default', 'json'] : ['default'],
    ...(report ? { outputFile: { json: report } } : {}),
  },
})
