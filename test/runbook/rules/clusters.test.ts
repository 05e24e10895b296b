import { describe, expect, test } from 'vitest'
import { parseRunbook } from '../../../src/runbook/load.js'
import { unmark } from '../../source/marks.js'
import { catalogue, runbookOf } from '../catalogue.js'

const found = (steps: string, clusters?: readonly string[]) =>
  parseRunbook(
    runbookOf(steps),
    'test.yaml',
    clusters === undefined ? catalogue : { ...catalogue, clusters },
  ).diagnostics.filter(({ rule }) => rule === 'unknown-cluster')

const look = (cluster: string) => `- id: look\n  check: proxy.connections\n  with: { cluster: ${cluster} }\n`
const shed = (cluster: string) => `- id: shed\n  action: load.shed\n  with: { cluster: ${cluster} }\n`

describe('a cluster that is written out', () => {
  test.each([
    ['a check', look],
    ['an action', shed],
  ])('and that the fleet does not have is found in %s', (_name, step) => {
    const { text, ...place } = unmark(runbookOf(step('«us-east-c9»')))
    const { diagnostics } = parseRunbook(text, 'test.yaml', { ...catalogue, clusters: ['us-east-c1'] })
    expect(diagnostics.filter(({ rule }) => rule === 'unknown-cluster')).toMatchObject([
      { severity: 'error', ...place, suggestion: 'did you mean `us-east-c1`?' },
    ])
  })

  test.each([
    ['that the fleet has', look('us-east-c1'), ['us-east-c1']],
    ['in an expression', look('"${{ inputs.cluster }}"'), ['us-east-c1']],
    ['where no fleet is known', look('us-east-c9'), undefined],
    ['that is none', look('5'), ['us-east-c1']],
  ])('%s is left alone', (_name, steps, clusters) => {
    expect(found(steps, clusters)).toEqual([])
  })
})
