import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lint } from '../../src/commands/lint.js'
import type { Io } from '../../src/commands/support/io.js'
import type { Diagnostic } from '../../src/source/diagnostic.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'firebreak-lint-'))
  cpSync(path.join(ROOT, 'runbooks'), path.join(cwd, 'runbooks'), { recursive: true })
})
afterEach(() => rmSync(cwd, { recursive: true }))

const linted = async (...paths: string[]) => {
  const out = new PassThrough()
  // It writes only; the streams of a process have more to them.
  const io = { input: new PassThrough(), out, err: new PassThrough(), env: {}, cwd } as unknown as Io
  const code = await lint(io, paths, { format: 'json' })
  const { findings } = JSON.parse(String(out.read())) as { findings: Diagnostic[] }
  return { code, findings }
}

const SCENARIO = 'runbooks/drills/one-hot-proxy.yaml'

const change = (file: string, before: string, after: string): void => {
  const full = path.join(cwd, file)
  writeFileSync(full, readFileSync(full, 'utf8').replaceAll(before, after))
}

describe('lint finds nothing', () => {
  it('in what is shipped', async () => {
    expect(await linted()).toEqual({ code: 0, findings: [] })
  })

  it('in the example of the README', async () => {
    const [, example] =
      /```yaml\n(runbook: .*?)```/s.exec(readFileSync(path.join(ROOT, 'README.md'), 'utf8')) ?? []
    writeFileSync(path.join(cwd, 'example.yaml'), example ?? '')
    expect(await linted('example.yaml')).toEqual({ code: 0, findings: [] })
  })
})

describe('lint of a scenario', () => {
  it('finds a runbook that is not beside its folder', async () => {
    change(SCENARIO, 'runbook: proxy-connection-surge', 'runbook: proxy-conection-surge')
    const { code, findings } = await linted(SCENARIO)
    expect(code).toBe(1)
    expect(findings).toMatchObject([
      {
        rule: 'unknown-runbook',
        severity: 'error',
        file: SCENARIO,
        line: 3,
        column: 10,
        suggestion: 'did you mean `proxy-connection-surge`?',
      },
    ])
  })

  it('finds a cluster that the fleet beside its folder does not have', async () => {
    change(SCENARIO, 'us-east-c1', 'us-east-c9')
    const { code, findings } = await linted(SCENARIO)
    expect(code).toBe(1)
    expect(findings).toMatchObject([
      { rule: 'unknown-cluster', line: 7, column: 3, suggestion: 'did you mean `us-east-c1`?' },
    ])
  })

  it('does not know the clusters where no fleet can be read', async () => {
    change(SCENARIO, 'us-east-c1', 'us-east-c9')
    change('runbooks/fleet.yaml', 'clusters:', 'clutsers:')
    expect((await linted(SCENARIO)).findings).toEqual([])
    rmSync(path.join(cwd, 'runbooks/fleet.yaml'))
    expect((await linted(SCENARIO)).findings).toEqual([])
  })

  it('leaves a runbook that is named by its path to the drill', async () => {
    change(SCENARIO, 'runbook: proxy-connection-surge', 'runbook: ./elsewhere.yaml')
    expect((await linted(SCENARIO)).findings).toEqual([])
  })
})

describe('lint of a runbook that runs another one', () => {
  const calling = (name: string): string =>
    `runbook: calling\ntitle: A\nsteps:\n  - id: wide\n    run: ${name}\n    with: { cluster: us-east-c1 }\n  - id: over\n    end: resolved\n`

  it('finds it in the folder of the runbooks, wherever the file stands', async () => {
    writeFileSync(path.join(cwd, 'calling.yaml'), calling('proxy-connection-surge'))
    expect(await linted('calling.yaml')).toEqual({ code: 0, findings: [] })
  })

  it('names the nearest one where there is none of that name', async () => {
    writeFileSync(path.join(cwd, 'calling.yaml'), calling('proxy-conection-surge'))
    const { code, findings } = await linted('calling.yaml')
    expect(code).toBe(1)
    expect(findings).toMatchObject([
      {
        rule: 'unknown-runbook',
        file: 'calling.yaml',
        line: 5,
        column: 10,
        suggestion: 'did you mean `proxy-connection-surge`?',
      },
    ])
  })
})
