import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const report = process.env.FIREBREAK_TEST_REPORT

const ALONE = ['test/conformance/**/*.test.ts', 'test/providers/sealed-client.test.ts']

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
    reporters: report ? ['default', 'json'] : ['default'],
    ...(report ? { outputFile: { json: report } } : {}),
  },
})
