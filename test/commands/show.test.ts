import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { show } from '../../src/commands/show.js'
import type { Io } from '../../src/commands/support/io.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SHIPPED = path.join(ROOT, 'runbooks/proxy-connection-surge.yaml')

type Terminal = { readonly isTTY?: boolean; readonly columns?: number }

const shown = async (file: string, terminal: Terminal = {}, env: Io['env'] = {}): Promise<string> => {
  const out = Object.assign(new PassThrough(), terminal)
  // It writes only; the streams of a process have more to them.
  const io = { input: new PassThrough(), out, err: new PassThrough(), env, cwd: ROOT } as unknown as Io
  const code = await show(io, file, {})
  expect(code, String(io.err.read())).toBe(0)
  return String(out.read())
}

/** One line, so that what was wrapped can be found. */
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

type Leads = { readonly goto?: string; readonly end?: string; readonly reset?: string }
type Row = Leads & {
  readonly phase?: string
  readonly id: string
  readonly title?: string
  readonly why?: string
  readonly expect?: string
  readonly ask?: string
  readonly manual?: string
  readonly with?: { readonly [key: string]: string }
  readonly limit?: { readonly visits: number; readonly then: string }
  readonly branch?: readonly (Leads & { readonly if?: string })[]
  readonly choices?: { readonly [key: string]: Leads & { readonly label: string } }
  readonly on_failure?: Leads
}

/** The file as YAML alone reads it. */
const { steps: rows } = parse(readFileSync(SHIPPED, 'utf8')) as { steps: readonly Row[] }
const steps = rows.filter(({ id }) => id !== undefined)
const numberOf = (id: string): number => steps.findIndex(step => step.id === id) + 1

let page: string
let sections: Map<string, string>
beforeAll(async () => {
  page = await shown('proxy-connection-surge')
  const parts = page.split(/^(?= ?\d+\. )/m).slice(1)
  sections = new Map(parts.map(part => [/\[(\w+)\]/.exec(part)?.[1] ?? '', flat(part)]))
})

const leadsOf = (step: Row): readonly Leads[] => [
  step,
  ...(step.branch ?? []),
  ...Object.values(step.choices ?? {}),
  ...(typeof step.on_failure === 'object' ? [step.on_failure] : []),
  ...(step.limit ? [{ goto: step.limit.then }] : []),
]

const writtenIn = ({ title, why, expect: right, ask, manual, ...step }: Row): readonly string[] =>
  [
    ...[title, why, right, ask, manual],
    ...Object.entries(step.with ?? {}).map(([key, value]) => `${key} = ${value}`),
    ...(step.branch ?? []).map(arm => arm.if),
    ...Object.entries(step.choices ?? {}).map(([key, { label }]) => `${key}: ${label}`),
  ].filter(text => text !== undefined)

describe('the page of the shipped runbook', () => {
  it('has every step in order, with its number', () => {
    expect([...sections.keys()]).toEqual(steps.map(({ id }) => id))
    for (const [id, section] of sections) expect(section).toMatch(new RegExp(`^${numberOf(id)}\\. `))
  })

  it.each(steps.map(step => [step.id, step] as const))('has all that is written at %s', (id, step) => {
    for (const text of writtenIn(step)) expect(sections.get(id)).toContain(flat(text))
  })

  it.each(steps.map(step => [step.id, step] as const))('says by number where %s leads', (id, step) => {
    for (const { goto, end, reset } of leadsOf(step)) {
      if (goto) expect(sections.get(id)).toContain(`-> step ${numberOf(goto)} [${goto}]`)
      if (end) expect(sections.get(id)).toContain(`-> the incident ends: ${end}`)
      if (reset) expect(sections.get(id)).toContain(`step ${numberOf(reset)} [${reset}]`)
    }
  })

  it('names no step that does not exist', () => {
    const named = [...flat(page).matchAll(/step (\d+) \[(\w+)\]/g)]
    expect(named.length).toBeGreaterThan(10)
    for (const [, number, id] of named) expect(numberOf(id!)).toBe(Number(number))
  })

  it('says what each answer and each verdict leads to', () => {
    expect(sections.get('survey')).toMatch(/passed: -> step 2 .* failed: -> step 2 .* inconclusive: look/)
    expect(sections.get('reach')).toMatch(
      /if outcome\("survey"\) == "passed" -> step 4 .* > 0.5 -> the runbook cluster-wide-degradation \(cluster = .*\) takes over, for good otherwise -> step 3 /,
    )
    expect(sections.get('replace')).toMatch(/verified: -> step 4 .* failed: -> step 1 /)
    expect(sections.get('calm')).toMatch(/yes: Yes \(recommended\) -> the incident ends: resolved watch: /)
    expect(sections.get('pause')).toMatch(/wait: 2m, then -> step 6 /)
    expect(sections.get('stuck')).toMatch(/wide: .* \(recommended\) -> the runbook cluster-wide-degradation /)
  })

  it('says what is done, how often, how it is verified and taken back', () => {
    const replace = sections.get('replace')
    expect(replace).toContain('do: proxy.replace Puts new proxies in the place of old ones')
    expect(replace).toContain('limit: at most 3 times; after that -> step 7 [stuck]')
    expect(replace).toContain('look as in step 1 [survey] again, every 15s; it must pass for 1m')
    expect(replace).toContain('within 6m')
    expect(replace).toContain('undo: it can be taken back')
    expect(sections.get('survey')).toContain('gives hot: Outliers among their peers')
  })

  it('has each phase above its steps, the input and the alert', () => {
    const heads = page.split('\n').flatMap(line => /^-- (.*) --$/.exec(line)?.[1] ?? [])
    expect(heads).toEqual(rows.flatMap(({ phase }) => phase ?? []))
    expect(flat(page)).toContain('needs cluster: Which cluster is affected?')
    expect(page).toContain('ProxyConnectionsHigh')
  })
})

const ESCAPE = '\u001b'
const COLOUR = new RegExp(`${ESCAPE}\\[\\d+m`, 'g')

describe('the page fits on paper', () => {
  it('in 80 columns, whatever the terminal has, and without a blank at the end of a line', async () => {
    const wide = await shown('proxy-connection-surge', { isTTY: true, columns: 200 })
    for (const line of `${page}${wide.replaceAll(COLOUR, '')}`.split('\n')) {
      expect(line.length, line).toBeLessThanOrEqual(80)
      expect(line).not.toMatch(/\s$/)
    }
  })

  it('in fewer where the terminal has fewer', async () => {
    const narrow = await shown('proxy-connection-surge', { columns: 64 })
    for (const line of narrow.split('\n')) expect(line.length, line).toBeLessThanOrEqual(64)
  })

  it('with colours only where a person watches and has not said no', async () => {
    expect(await shown('proxy-connection-surge', { isTTY: true })).toContain(ESCAPE)
    expect(await shown('proxy-connection-surge', { isTTY: true }, { NO_COLOR: '1' })).toBe(page)
    expect(page).not.toContain(ESCAPE)
  })
})

const LONG = 'x'.repeat(200)
const EVERYTHING = `runbook: everything
title: "${LONG} with a\\ttab"
inputs:
  ${'n'.repeat(100)}: { type: choice, options: [a, b], default: a }
  sure: { type: boolean, ask: "Sure?" }
steps:
  - phase: ${LONG}
  - id: ${'i'.repeat(100)}
    title: ${'値'.repeat(60)}
    when: inputs.sure
    check: proxy.connections
    with: { cluster: "${LONG}" }
    on_failure: abort
    on_inconclusive: continue
  - id: act
    action: command.run
    approve: typed
    with: { argv: [${LONG}, b], undo: [systemctl, start] }
    on_failure: undo
  - id: hand
    manual: |
      First line.
      Second line.
    on_failure: { goto: asked }
  - id: asked
    ask: On?
    choices:
      ${LONG}: { label: ${LONG}, recommended: true }
  - id: last
    end: resolved
`

describe('the page of a runbook with everything', () => {
  let dir: string
  let text: string
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'firebreak-show-'))
    writeFileSync(path.join(dir, 'everything.yaml'), EVERYTHING)
    text = await shown(path.join(dir, 'everything.yaml'))
  })
  afterAll(() => rmSync(dir, { recursive: true }))

  it('fits too, however long its words', () => {
    const columns = (line: string): number => line.length + (line.match(/値/g)?.length ?? 0)
    for (const line of text.split('\n')) expect(columns(line), line).toBeLessThanOrEqual(80)
  })

  it('has no tabs, which would be wider than they count', () => {
    expect(text).not.toMatch(/[^\P{Cc}\n]/u)
  })

  it.each([
    '(one of a, b; "a" unless given)',
    'Sure? (boolean)',
    'only when: inputs.sure; else -> step 2 [act]',
    'failed: -> the incident ends: aborted',
    'inconclusive: -> step 2 [act]',
    'consent: the operator types the name',
    'undo = ["systemctl","start"]',
    'failed: take back what it changed; then decide how to go on',
    'cannot be done: -> step 4 [asked]',
    '-> step 5 [last]',
    '-> the incident ends: resolved',
  ])('says %s', words => {
    expect(flat(text)).toContain(words)
  })

  it('keeps the lines of a text apart', () => {
    expect(text).toContain('    by hand: First line.\n             Second line.\n')
  })
})
