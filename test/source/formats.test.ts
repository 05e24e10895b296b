import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '../../src/source/diagnostic.js'
import { formatGithub } from '../../src/source/format-github.js'
import { toSarif } from '../../src/source/format-sarif.js'

const FOUND: Diagnostic = {
  rule: 'unknown-target',
  severity: 'error',
  file: 'runbooks/a b.yaml',
  line: 3,
  column: 5,
  endLine: 3,
  endColumn: 9,
  message: 'there is no step `lok`',
  suggestion: 'did you mean `look`?',
}

/** What GitHub's runner makes of a workflow command, by its documented rules. */
const parseCommand = (line: string) => {
  const [, severity = '', properties = '', data = ''] = /^::(\w+) (.*?)::(.*)$/s.exec(line) ?? []
  const decode = (text: string) =>
    text
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%25', '%')
  const pairs = properties.split(',').map(pair => pair.split('='))
  return {
    severity,
    data: decode(data),
    ...Object.fromEntries(pairs.map(([key, value = '']) => [key, decode(value)])),
  }
}

describe('a finding for GitHub', () => {
  it('is an annotation at its place', () => {
    expect(parseCommand(formatGithub(FOUND))).toEqual({
      severity: 'error',
      file: 'runbooks/a b.yaml',
      line: '3',
      endLine: '3',
      col: '5',
      endColumn: '8',
      title: 'unknown-target',
      data: 'there is no step `lok`\nhelp: did you mean `look`?',
    })
  })

  it('keeps every character of a message and a path, on one line', () => {
    const odd = { ...FOUND, file: 'a,b:c%.yaml', message: '100 %\r\n::error::x, y' }
    const line = formatGithub(odd)
    expect(line.split('\n')).toHaveLength(1)
    expect(parseCommand(line)).toMatchObject({
      file: 'a,b:c%.yaml',
      data: expect.stringContaining('100 %\r\n::error::x, y'),
    })
  })

  it('over several lines has no columns', () => {
    const found = parseCommand(formatGithub({ ...FOUND, endLine: 5 }))
    expect(found).toMatchObject({ line: '3', endLine: '5' })
    expect(found).not.toHaveProperty('col')
  })
})

describe('findings as SARIF', () => {
  const rules = { 'unknown-target': { summary: 'a jump to nowhere', why: 'it would end the run' } }
  const log = toSarif([FOUND, { ...FOUND, rule: 'bad-id', severity: 'warning' }, FOUND], {
    version: '1.2.3',
    rules,
  })

  it('name the tool and each rule once, with what is known of it', () => {
    expect(log.version).toBe('2.1.0')
    expect(log.runs).toHaveLength(1)
    expect(log.runs[0]?.tool.driver).toEqual({
      name: 'firebreak',
      version: '1.2.3',
      rules: [
        { id: 'bad-id' },
        {
          id: 'unknown-target',
          shortDescription: { text: 'a jump to nowhere' },
          fullDescription: { text: 'it would end the run' },
        },
      ],
    })
  })

  it('stand at their places, each with its rule', () => {
    const [first, second] = log.runs[0]?.results ?? []
    expect(first).toEqual({
      ruleId: 'unknown-target',
      ruleIndex: 1,
      level: 'error',
      message: { text: 'there is no step `lok` (did you mean `look`?)' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'runbooks/a%20b.yaml' },
            region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 9 },
          },
        },
      ],
    })
    expect(second).toMatchObject({ ruleId: 'bad-id', ruleIndex: 0, level: 'warning' })
  })

  it('name a file elsewhere by its whole path', () => {
    const [one] = toSarif([{ ...FOUND, file: '/srv/a.yaml' }], { version: '1', rules }).runs[0]?.results ?? []
    expect(one?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('file:///srv/a.yaml')
  })
})
