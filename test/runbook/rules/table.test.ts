import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { catalogue, catalogueFor } from '../../../src/commands/support/catalogue.js'
import { parseRunbook } from '../../../src/runbook/load.js'
import type { Rule } from '../../../src/runbook/rules/rule.js'
import { RULES } from '../../../src/runbook/rules.js'

const SRC = fileURLToPath(new URL('../../../src/', import.meta.url))
const TABLE: readonly (readonly [string, Rule])[] = Object.entries(RULES)

/** The files that can report a finding, without the table itself. */
const SOURCES: readonly string[] = ['runbook', 'source', 'fleet', 'drill'].flatMap(folder =>
  readdirSync(`${SRC}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !/^rules(\.ts|\/)/.test(name))
    .map(name => readFileSync(`${SRC}${folder}/${name}`, 'utf8')),
)
const ALL = SOURCES.join('\n')

const ID = '[a-z]+(?:-[a-z]+)+'

/** What stands behind `rule:` or `rule =`: a literal, a pattern over kinds, a constant or a map of them. */
const idsIn = (written: string, file: string): readonly string[] => {
  const literals = [...written.matchAll(new RegExp(`'(${ID})'`, 'g'))].map(([, id]) => id ?? '')
  const kinds = /`unknown-\$\{kind\}`/.test(written)
    ? [...file.matchAll(KINDS)].map(([, kind]) => `unknown-${kind}`)
    : []
  const constants = [...written.matchAll(/\b[A-Z][A-Z_]+\b/g)].flatMap(([name]) => valuesOf(name, file))
  return [...literals, ...kinds, ...constants]
}

const KINDS = /'(check|action|runbook|cluster)'/g

const valuesOf = (name: string, file: string): readonly string[] => {
  const [, one] = new RegExp(`const ${name} = '(${ID})'`).exec(ALL) ?? []
  const [, map = ''] = new RegExp(`const ${name}: \\{[^\\n]*\\} = \\{([^}]*)\\}`).exec(file) ?? []
  const many = [...map.matchAll(new RegExp(`: '(${ID})'`, 'g'))].map(([, id]) => id ?? '')
  return one === undefined ? many : [one, ...many]
}

type Reported = { readonly id: string; readonly severity: string }

const REPORTED: readonly Reported[] = SOURCES.flatMap(file =>
  [
    ...[...file.matchAll(/\brule(?:: | = )([^\n]*)(?:\n\s*severity: '(\w+)')?/g)],
    ...[...file.matchAll(/\brefuse\(\s*file,\s*([^\n]*)/g)],
  ].flatMap(([, written = '', severity = 'error']) => {
    const own = /^[^,]*/.exec(written)?.[0] ?? ''
    const inline = /severity: '(\w+)'/.exec(written)?.[1]
    return idsIn(own, file).map(id => ({ id, severity: inline ?? severity }))
  }),
)

describe('the table of rules', () => {
  test('has every rule that the sources report, and no other', () => {
    expect([...new Set(REPORTED.map(({ id }) => id))].sort()).toEqual(Object.keys(RULES).sort())
  })

  test('has the severity that is reported', () => {
    const severities = new Map(TABLE.map(([id, { severity }]) => [id, severity]))
    const wrong = REPORTED.filter(({ id, severity }) => severities.get(id) !== severity)
    expect(wrong).toEqual([])
  })

  test.each(TABLE)('says of %s what, why and how', (_id, { summary, why, bad, good }) => {
    expect(summary).toMatch(/^\S[^\n]{10,90}[^.\s]$/)
    const sentences = why.split(/[.?!](?:\s|$)/).filter(sentence => sentence !== '').length
    expect(sentences).toBeGreaterThanOrEqual(2)
    expect(sentences).toBeLessThanOrEqual(4)
    expect(why).toMatch(/\.$/)
    expect(bad).not.toBe(good)
  })
})

/** Findings of files, of several runbooks at once, of scenarios, or too long to be written out. */
const NOT_BY_ITSELF: ReadonlySet<string> = new Set([
  ...['file-missing', 'file-folder', 'file-unreadable', 'file-not-text', 'file-too-large'],
  ...['yaml-value', 'yaml-too-deep', 'yaml-too-large', 'expression-too-large'],
  ...['duplicate-runbook', 'same-trigger', 'unknown-runbook', 'unknown-cluster'],
  ...['call-unknown-input', 'call-missing-input', 'call-type', 'call-circle'],
])

const HEAD = `runbook: test
title: Test
inputs:
  cluster: { type: cluster }
  count: { type: number, default: 3 }
steps:
`

/** With a fleet that lets one command be run, for the rule that asks. */
const GUARDED = catalogueFor({
  guardrails: {
    maxUnavailableProxies: { conservative: 1, aggressive: 3 },
    failures: { conservative: 2, aggressive: 5 },
    commands: [['systemctl', 'reload']],
  },
})

/** An excerpt of steps as a runbook, with a last step. */
const runbookOf = (excerpt: string): string =>
  excerpt.startsWith('- ') ? `${HEAD}${excerpt}\n- id: over\n  end: resolved\n` : excerpt

const linted = (id: string, excerpt: string) =>
  parseRunbook(
    runbookOf(excerpt),
    'test.yaml',
    id.startsWith('guardrail-') ? GUARDED : catalogue,
  ).diagnostics.map(({ rule, severity }) => ({
    rule,
    severity,
  }))

describe('the excerpts of a rule', () => {
  test.each(TABLE.filter(([id]) => !NOT_BY_ITSELF.has(id)))(
    'show %s, and how it is right',
    (id, { severity, bad, good }) => {
      expect(linted(id, bad)).toContainEqual({ rule: id, severity })
      const after = linted(id, good)
      expect(after.filter(finding => finding.rule === id || finding.severity === 'error')).toEqual([])
    },
  )
})
