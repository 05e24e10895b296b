import { describe, expect, it } from 'vitest'
import { commandRun } from '../../src/actions/command-run/schema.js'
import { httpRequest } from '../../src/actions/http-request/schema.js'
import { parseRunbook } from '../../src/runbook/load.js'

const catalogue = { checks: {}, actions: { 'command.run': commandRun, 'http.request': httpRequest } }

/** That nothing looks before it or after it, or uses an input, are warnings of their own. */
const OF_THE_REST: ReadonlySet<string> = new Set(['no-verify', 'unused-input', 'irreversible-unchecked'])

/** Findings of a runbook with one step, whose action and arguments are those. */
const lint = (action: string, ...lines: readonly string[]): string[] => {
  const text = [
    'runbook: test',
    'title: Test',
    'inputs:',
    '  cluster: { type: cluster }',
    '  patience: { type: duration, default: 5m }',
    'steps:',
    '- id: act',
    `  action: ${action}`,
    '  with:',
    ...lines.map(line => `    ${line}`),
    '- id: over',
    '  end: resolved',
    '',
  ].join('\n')
  const { diagnostics } = parseRunbook(text, 'test.yaml', catalogue)
  return diagnostics
    .filter(({ rule }) => !OF_THE_REST.has(rule))
    .map(({ rule, message }) => `${rule}: ${message}`)
}

describe('a command', () => {
  it.each([
    ['as it is', ['argv: [ss, -s]']],
    [
      'with everything',
      [
        'argv: [tee, x]',
        'stdin: { secret: api-key }',
        'env: { A: b, TOKEN: { secret: KEY, prefix: "x " } }',
        'timeout: 5m',
        'undo: [ss, -s]',
      ],
    ],
    [
      'with expressions',
      [
        'argv: [ss, "${{ inputs.cluster }}", "-${{ inputs.cluster }}"]',
        'timeout: ${{ inputs.patience }}',
        'env: { A: "${{ inputs.cluster }}", B: { secret: KEY } }',
      ],
    ],
  ])('lints clean %s', (_, lines) => {
    expect(lint('command.run', ...lines)).toEqual([])
  })

  it('may have no secret in its arguments, and is told why', () => {
    const [finding, ...more] = lint('command.run', 'argv: [tee, { secret: KEY }]')
    expect(finding).toMatch(/argv is readable by every process/)
    expect(more).toEqual([])
    expect(lint('command.run', 'argv:', '- tee', '- secret: KEY').join()).toMatch(/argv/)
  })

  it.each([
    ['a misspelt reference', 'stdin: { secrt: KEY }'],
    ['a reference to nothing', 'stdin: { secret: "a b" }'],
    ['a variable that changes the program', 'env: { LD_PRELOAD: x }'],
    ['a time-out that is none', 'timeout: soon'],
  ])('is found with %s', (_, line) => {
    expect(lint('command.run', 'argv: [tee]', line)).toHaveLength(1)
  })
})

describe('a request', () => {
  it.each([
    ['as it is', ['method: POST', 'url: https://example.com/x']],
    [
      'with everything',
      [
        'method: PATCH',
        'url: https://example.com/x',
        'headers: { authorization: { prefix: "Bearer ", secret: KEY }, x-a: b }',
        'body: { text: hello, list: [1, true, null, { secret: KEY }] }',
        'timeout: 5s',
        'expect_status: [200, 409]',
      ],
    ],
    ['with a text as its body', ['method: PUT', 'url: https://example.com/x', 'body: hello']],
    ['with a secret as its body', ['method: PUT', 'url: https://example.com/x', 'body: { secret: KEY }']],
    [
      'with expressions',
      [
        'method: DELETE',
        'url: "https://example.com/${{ inputs.cluster }}"',
        'headers: { x-a: "${{ inputs.cluster }}", authorization: { secret: KEY } }',
        'body: { text: "${{ inputs.cluster }}", token: { secret: KEY } }',
      ],
    ],
  ])('lints clean %s', (_, lines) => {
    expect(lint('http.request', ...lines)).toEqual([])
  })

  it.each([
    ['a GET', ['method: GET', 'url: https://example.com/x']],
    ['a password in its address', ['method: POST', 'url: https://u:p@example.com/x']],
    [
      'a broken reference in its body',
      ['method: POST', 'url: https://example.com/x', 'body: { a: { secret: 5 } }'],
    ],
  ])('is found with %s', (_, lines) => {
    expect(lint('http.request', ...lines)).toHaveLength(1)
  })
})
