import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const report = process.env.FIREBREAK_TEST_REPORT

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  define: { FIREBREAK_VERSION: JSON.stringify(version) },
  test: {
    include: ['test/**/*.test.ts'],
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
