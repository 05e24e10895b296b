import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { firebreak, incidentsOf, type Machine, newMachine, RUNBOOKS, type Run } from './firebreak.js'

const GOOD = `runbook: tiny
title: Tiny
inputs:
  cluster: { type: cluster, ask: Which? }
steps:
  - id: survey
    title: Look
    check: proxy.connections
    with:
      cluster: \${{ inputs.cluster }}
    on_failure: continue
  - id: over
    end: resolved
`

/** A slip of the pen: what is written instead of what, the text that it is found at, what is said of it. */
type Slip = {
  readonly slip: string
  readonly instead: string
  readonly written: string
  /** The first character of this text is where it is wrong. */
  readonly at: string
  readonly says: RegExp
  /** What would be right. */
  readonly right: RegExp
}

const CHECK = 'check: proxy.connections'
const ON_FAILURE = 'on_failure: continue'
const END = '    end: resolved\n'

const SLIPS: Slip[] = [
  {
    slip: 'an unknown kind of step',
    instead: 'check:',
    written: 'chekc:',
    at: 'chekc',
    says: /kind/,
    right: /`check`/,
  },
  {
    slip: 'two kinds in one step',
    instead: END,
    written: `${END}    goto: survey\n`,
    at: 'goto',
    says: /`end` and `goto`/,
    right: /step of its own/,
  },
  {
    slip: 'an unknown key',
    instead: 'on_failure',
    written: 'on_failur',
    at: 'on_failur',
    says: /no key/,
    right: /`on_failure`/,
  },
  {
    slip: 'an unknown key at the top',
    instead: 'title: Tiny',
    written: 'titel: Tiny',
    at: 'titel',
    says: /no key/,
    right: /`title`/,
  },
  {
    slip: 'a misspelt check',
    instead: CHECK,
    written: 'check: proxy.conections',
    at: 'proxy.conections',
    says: /no check/,
    right: /`proxy\.connections`/,
  },
  {
    slip: 'a misspelt action',
    instead: CHECK,
    written: 'action: proxy.replaec',
    at: 'proxy.replaec',
    says: /no action/,
    right: /`proxy\.replace`/,
  },
  {
    slip: 'a wrong type in `with`',
    instead: '${{ inputs.cluster }}',
    written: '17',
    at: '17',
    says: /must be text/,
    right: /'17'/,
  },
  {
    slip: 'an expression of the wrong type',
    instead: ON_FAILURE,
    written: `expect: result.hot > 3\n    ${ON_FAILURE}`,
    at: 'result.hot > 3',
    says: /list/,
    right: /size\(/,
  },
  {
    slip: 'a field that a result does not have',
    instead: ON_FAILURE,
    written: `expect: size(result.hott) == 0\n    ${ON_FAILURE}`,
    at: 'hott',
    says: /no field/,
    right: /`hot`/,
  },
  {
    slip: 'a duplicate id',
    instead: 'id: over',
    written: 'id: survey',
    at: 'survey\n    end',
    says: /already/,
    right: /another/,
  },
  {
    slip: 'an id that is a CEL word',
    instead: 'id: over',
    written: 'id: in',
    at: 'in\n',
    says: /expressions/,
    right: /another name/,
  },
  {
    slip: 'an id that CEL would take for a subtraction',
    instead: 'id: over',
    written: 'id: all-over',
    at: 'all-over',
    says: /expressions/,
    right: /`all_over`/,
  },
  {
    slip: 'a goto to nowhere',
    instead: ON_FAILURE,
    written: 'on_failure: { goto: ovr }',
    at: 'ovr',
    says: /no step/,
    right: /`over`/,
  },
  {
    slip: 'a path that falls off the end',
    instead: `  - id: over\n${END}`,
    written: '',
    at: 'survey',
    says: /nothing follows/i,
    right: /end: resolved/,
  },
  {
    slip: 'a YAML warning: a value that is a tag',
    instead: ON_FAILURE,
    written: `when: !x\n    ${ON_FAILURE}`,
    at: '!x',
    says: /tag/,
    right: /when: '!x'/,
  },
  {
    slip: 'a YAML trap: a value cut at a #',
    instead: ON_FAILURE,
    written: `when: inputs.cluster == "a #b"\n    ${ON_FAILURE}`,
    at: '#b',
    says: /comment/,
    right: /'inputs\.cluster == "a #b"'/,
  },
  {
    slip: 'a YAML trap: a value that becomes a map',
    instead: ON_FAILURE,
    written: `expect: inputs.cluster == "a: b"\n    ${ON_FAILURE}`,
    at: ': b"',
    says: /map/,
    right: /'inputs\.cluster == "a: b"'/,
  },
  {
    slip: '__proto__ as a key',
    instead: 'inputs:',
    written: '__proto__: { polluted: true }\ninputs:',
    at: '__proto__',
    says: /cannot be a key/,
    right: /another name/,
  },
  {
    slip: '__proto__ as an id',
    instead: 'id: over',
    written: 'id: __proto__',
    at: '__proto__',
    says: /name/,
    right: /write|another/,
  },
  {
    slip: 'a prototype property as an id',
    instead: 'id: over',
    written: 'id: constructor',
    at: 'constructor',
    says: /reserved/,
    right: /another name/,
  },
]

describe('a runbook that is wrong', () => {
  it('the one that the slips are made in is right', async () => {
    expect(await lint(newMachine(), GOOD)).toMatchObject({ code: 0, stderr: '' })
  })

  it.each(SLIPS)('$slip is shown at its character, with what would be right', async slip => {
    const text = GOOD.replace(slip.instead, slip.written)
    const run = await lint(newMachine(), text)
    expect(run.code).toBe(1)
    const { where, excerpt, caret, message } = firstFinding(run.stdout)
    const offset = text.indexOf(slip.at, text.indexOf(slip.written || slip.at))
    expect(where).toBe(`bad.yaml:${positionOf(text, offset)}`)
    expect(excerpt).toBe(text.split('\n')[lineOf(text, offset) - 1])
    expect(caret).toBe(columnOf(text, offset))
    expect(message).toMatch(slip.says)
    expect(message).toMatch(slip.right)
    expectNoTrace(run)
  })

  it.each([
    ['a bracket that is never closed', '{ type: cluster, ask: Which? }', '{ type: cluster, ask: Which?'],
    ['a quote that is never closed', 'title: Look', 'title: "Look'],
    ['a tab for indentation', '    title: Look', '\ttitle: Look'],
    ['a line that is indented too little', '    title: Look', '   title: Look'],
  ])('a YAML syntax error is shown where the parser stumbles: %s', async (_, instead, written) => {
    const text = GOOD.replace(instead, written)
    const run = await lint(newMachine(), text)
    expect(run.code).toBe(1)
    const { where, excerpt, caret, message } = firstFinding(run.stdout)
    const [, line, column] = /^bad\.yaml:(\d+):(\d+)$/.exec(where) ?? []
    expect(Number(line)).toBeGreaterThanOrEqual(lineOf(text, text.indexOf(written)))
    expect(excerpt).toBe(text.split('\n')[Number(line) - 1]!.replaceAll('\t', ' '))
    expect(caret).toBe(Number(column))
    expect(message).toMatch(/help: \S/)
    expectNoTrace(run)
  })
})

describe('what is no runbook at all', () => {
  it.each<[string, string | Buffer, RegExp]>([
    ['an empty file', '', /empty/],
    ['only comments', '# soon\n', /comments/],
    ['a number', '42\n', /must be a map, found the number 42/],
    ['a list', '- a\n', /must be a map/],
    ['random bytes', randomBytes(4096), /not UTF-8/],
    ['zeroes', Buffer.alloc(4096), /not UTF-8|NUL/],
  ])('%s is said to be that, and what would be right', async (_, content, says) => {
    const run = await lint(newMachine(), content)
    expect(run.code).toBe(1)
    expect(run.stdout).toMatch(/^bad\.yaml:1:\d+: error\[/)
    expect(run.stdout).toMatch(says)
    expect(run.stdout).toMatch(/help: \S/)
    expectNoTrace(run)
  })

  it('a folder, and a file that is not there', async () => {
    const machine = newMachine()
    mkdirSync(path.join(machine.cwd, 'bad.yaml'))
    for (const [file, says] of [
      ['bad.yaml', /folder/],
      ['absent.yaml', /no such file/],
    ] as const) {
      const run = await firebreak(machine, ['lint', file])
      expect(run.code).toBe(1)
      expect(run.stdout).toContain(`${file}:1:1: error[`)
      expect(run.stdout).toMatch(says)
      expect(run.stdout).toMatch(/help: \S/)
      expectNoTrace(run)
    }
  })

  it.each([
    ['50 MB of steps', () => `runbook: big\nsteps:\n${'  - id: a\n    goto: a\n'.repeat(2_400_000)}`],
    ['one line of 50 MB', () => `runbook: ${'a'.repeat(50 * 1024 * 1024)}`],
    ['an alias bomb', () => aliasBomb(9)],
    ['brackets a million deep', () => `a: ${'['.repeat(1_000_000)}`],
  ])('%s is refused without the memory for it', async (_, content) => {
    const machine = newMachine()
    const usual = await peakOf(machine, GOOD)
    const { run, megabytes } = await peakOf(machine, content())
    expect(run.code).toBe(1)
    expect(run.stdout).toMatch(/^bad\.yaml:\d+:\d+: error\[/)
    expect(run.stdout).toMatch(/too-large/)
    expect(run.stdout.length).toBeLessThan(2_000) // it is not shown in full
    expect(megabytes - usual.megabytes).toBeLessThan(40)
    expectNoTrace(run)
  })
})

describe('a drill whose files are wrong does not start', () => {
  it.each([
    [
      'runbook',
      'proxy-connection-surge.yaml',
      'proxy.replace',
      'proxy.replase',
      /did you mean `proxy\.replace`/,
    ],
    ['fleet', 'fleet.yaml', 'min_healthy', 'min_heathy', /did you mean `min_healthy`/],
    ['scenario', 'drills/one-hot-proxy.yaml', 'kind: hot-host', 'kind: hot-hots', /did you mean `hot-host`/],
  ])('its %s', async (_, file, instead, written, right) => {
    const machine = newMachine()
    const runbooks = path.join(machine.cwd, 'mine')
    cpSync(RUNBOOKS, runbooks, { recursive: true })
    const text = readFileSync(path.join(runbooks, file), 'utf8').replace(instead, written)
    writeFileSync(path.join(runbooks, file), text)
    const run = await firebreak(machine, ['drill', '--auto', '--runbooks', 'mine'])
    expect(run.code).toBe(1)
    const wrong = written.split(' ').at(-1)!
    expect(run.stderr).toContain(`mine/${file}:${positionOf(text, text.indexOf(wrong))}: error[`)
    expect(run.stderr).toMatch(right)
    expectNoTrace(run)
    expectNothingStarted(machine)
  })

  it('or not there', async () => {
    const machine = newMachine()
    const runbooks = path.join(machine.cwd, 'mine')
    cpSync(RUNBOOKS, runbooks, { recursive: true })
    rmSync(path.join(runbooks, 'fleet.yaml'))
    const run = await firebreak(machine, ['drill', '--auto', '--runbooks', 'mine'])
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('mine/fleet.yaml:1:1: error[')
    expectNoTrace(run)
    expectNothingStarted(machine)
  })

  it('or do not fit each other', async () => {
    const machine = newMachine()
    const runbooks = path.join(machine.cwd, 'mine')
    cpSync(RUNBOOKS, runbooks, { recursive: true })
    const file = path.join(runbooks, 'drills', 'one-hot-proxy.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('us-east-c1', 'us-east-c9'))
    const run = await firebreak(machine, ['drill', '--auto', '--runbooks', 'mine'])
    expect(run.code).toBeGreaterThan(0)
    expect(run.stderr).toContain('us-east-c9')
    expect(run.stderr).toContain('us-east-c1')
    expectNoTrace(run)
    expectNothingStarted(machine)
  })
})

const lint = async (machine: Machine, content: string | Buffer): Promise<Run> => {
  writeFileSync(path.join(machine.cwd, 'bad.yaml'), content)
  return firebreak(machine, ['lint', 'bad.yaml'])
}

/** Most memory that the process ever had, from the process itself. */
const peakOf = async (machine: Machine, content: string) => {
  const [probe, peak] = ['probe.mjs', 'peak.txt'].map(name => path.join(machine.dir, name)) as [string, string]
  writeFileSync(
    probe,
    `import { writeFileSync } from 'node:fs'
process.on('exit', () => writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)))`,
  )
  writeFileSync(path.join(machine.cwd, 'bad.yaml'), content)
  const run = await firebreak(machine, ['lint', 'bad.yaml'], { env: { NODE_OPTIONS: `--import ${probe}` } })
  return { run, megabytes: Number(readFileSync(peak, 'utf8')) / 1024 }
}

const aliasBomb = (levels: number): string => {
  const names = Array.from({ length: levels }, (_, n) => `a${n}`)
  return names
    .map(
      (name, n) =>
        `${name}: &${name} [${Array.from({ length: 9 }, () => (n === 0 ? 'x' : `*a${n - 1}`)).join(', ')}]`,
    )
    .join('\n')
}

function randomBytes(length: number): Buffer {
  // Not cryptography: the same bytes each time, of every value, most of them no UTF-8.
  return Buffer.from(Array.from({ length }, (_, n) => (n * n * 31 + n * 7919) % 256))
}

type Finding = { where: string; message: string; excerpt: string | undefined; caret: number }

/** `file:line:column: error[rule]: message`, the line itself, carets below it, help. */
const firstFinding = (text: string): Finding => {
  const block = text.split('\n\n').find(part => /^\S+: error\[/.test(part)) ?? text
  const lines = block.split('\n')
  const where = /^(\S+:\d+:\d+): error\[/.exec(lines[0] ?? '')?.[1] ?? `no place in: ${lines[0]}`
  const shown = /^ *\d+ \| (.*)$/.exec(lines[1] ?? '')
  const carets = /^ *\| ( *)\^+$/.exec(lines[2] ?? '')
  return { where, message: block, excerpt: shown?.[1], caret: (carets?.[1]?.length ?? -1) + 1 }
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

const columnOf = (text: string, offset: number): number => offset - text.lastIndexOf('\n', offset - 1)

const positionOf = (text: string, offset: number): string => `${lineOf(text, offset)}:${columnOf(text, offset)}`

const expectNoTrace = ({ stdout, stderr }: Run): void => {
  expect(stdout + stderr).not.toMatch(/^ {4}at |Error:|undefined|\[object|this is a bug/m)
}

const expectNothingStarted = (machine: Machine): void => {
  const ids = (() => {
    try {
      return incidentsOf(machine)
    } catch {
      return []
    }
  })()
  expect(ids).toEqual([])
}
