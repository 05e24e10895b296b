import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { catalogue as real } from '../../../src/commands/support/catalogue.js'
import { lintRunbooks } from '../../../src/runbook/lint.js'
import { parseRunbook } from '../../../src/runbook/load.js'
import { unmark } from '../../source/marks.js'
import { parseWhole } from '../catalogue.js'

const HEAD = 'runbook: test\ntitle: Test\n'
const OVER = '- id: over\n  end: resolved\n'

const whole = (steps: string, head = ''): string => `${HEAD}${head}steps:\n${steps}${OVER}`

const found = (text: string, rule: string) =>
  parseRunbook(text, 'test.yaml', real).diagnostics.filter(finding => finding.rule === rule)

const expectAt = (marked: string, rule: string, severity: string, says: RegExp): void => {
  const { text, ...place } = unmark(marked)
  const findings = found(text, rule)
  expect(findings).toMatchObject([{ severity, ...place }])
  expect(`${findings[0]?.message} ${findings[0]?.suggestion}`).toMatch(says)
}

describe('an input', () => {
  const head = (name: string) => `inputs:\n  ${name}: { type: string }\n`

  test('that no expression uses is found at its name', () => {
    expectAt(whole('', head('«zone»')), 'unused-input', 'warning', /`zone`.*\$\{\{ inputs.zone \}\}/)
  })

  test.each([
    ['in a text', '- id: a\n  manual: In ${{ inputs.zone }}\n'],
    ['by its index', '- id: a\n  manual: In ${{ inputs["zone"] }}\n'],
    ['in a condition', '- id: a\n  wait: 1s\n  when: inputs.zone == "a"\n'],
    ['in an argument', '- id: a\n  check: proxy.connections\n  with: { cluster: "${{ inputs.zone }}" }\n'],
  ])('that is used %s is not', (_name, steps) => {
    expect(found(whole(steps, head('zone')), 'unused-input')).toEqual([])
  })

  test('is not looked for while anything else is wrong', () => {
    const { diagnostics } = parseWhole(whole('- id: a\n  wait: 1x\n', head('zone')))
    expect(diagnostics.map(({ rule }) => rule)).toEqual(['bad-value'])
  })
})

describe('on_failure', () => {
  const look = (expected: string, then: string) =>
    `- id: a\n  check: proxy.connections\n  with: { cluster: a }\n  expect: ${expected}\n  ${then}\n`

  test('never happens beside an `expect` that is always true', () => {
    expectAt(whole(look('true', '«on_failure»: continue')), 'on-failure-never', 'warning', /cannot fail/)
  })

  test.each([
    ['an `expect` that is always false', look('false', 'on_failure: continue')],
    ['an `expect` that looks at something', look('size(result.hot) == 0', 'on_failure: continue')],
    ['no on_failure', look('true', 'on_inconclusive: continue')],
  ])('is left alone with %s', (_name, steps) => {
    expect(found(whole(steps), 'on-failure-never')).toEqual([])
  })
})

describe('an action that nothing takes back', () => {
  const LOOK = '- id: look\n  check: proxy.connections\n  with: { cluster: a }\n'
  const SEND = (name = 'http.request') =>
    `- id: send\n  action: ${name}\n  with: { method: POST, url: https://example.com/x }\n`
  const RUN = (name = 'command.run', more = '') =>
    `- id: run\n  action: ${name}\n  with: { argv: [systemctl, reload, x]${more} }\n`
  const PICK =
    '- id: pick\n  ask: x\n  choices: { y: { label: Y, recommended: true, goto: send }, n: { label: N } }\n'
  const RULE = 'irreversible-unchecked'

  test.each([
    ['as the first step', SEND('«http.request»'), /on the way `send`.*put a check step before it$/],
    ['a command without `undo`', RUN('«command.run»'), /on the way `run`.*or give `undo`/],
    ['before its check', SEND('«http.request»') + LOOK, /on the way `send`/],
    ['where a choice passes by the check', PICK + LOOK + SEND('«http.request»'), /`pick` → `send`/],
    [
      'where the check may be skipped',
      LOOK.replace('  with', '  when: elapsed > duration("1m")\n  with') + SEND('«http.request»'),
      /`look` → `send`/,
    ],
  ])('is found %s', (_name, steps, says) => {
    expectAt(whole(steps), RULE, 'warning', says)
  })

  test.each([
    ['after a check', LOOK + SEND()],
    ['after a check on both ways', PICK.replace('goto: send', 'goto: look') + LOOK + SEND()],
    [
      'after a check that failed and leads there',
      LOOK.replace('  with', '  on_failure: { goto: send }\n  with') + SEND(),
    ],
    ['a command with `undo`', RUN('command.run', ', undo: [systemctl, start, x]')],
    ['an action that can be undone', '- id: a\n  action: proxy.drain\n  with: { proxies: [a] }\n'],
    ['where nothing leads to it', `- id: go\n  goto: over\n${SEND()}`],
  ])('is not found %s', (_name, steps) => {
    expect(found(whole(steps), RULE)).toEqual([])
  })
})

describe('a credential that is written out', () => {
  const KEY = 'AKIAIOSFODNN7EXAMPLE'
  const send = (key: string) =>
    `- id: send\n  action: http.request\n  with:\n    method: POST\n    url: https://example.com\n    ${key}\n`
  const RULE = 'secret-in-plain-text'

  test.each([
    ['an access key id', send(`body: { user: "my «${KEY}»" }`), /an AWS access key id/],
    ['one of a session', send(`body: «${KEY.replace('AKIA', 'ASIA')}»`), /an AWS access key id/],
    ['a private key', send('body: |\n      «-----BEGIN RSA PRIVATE KEY»-----\n      abc'), /a private key/],
    ['a bearer token', send('headers: { authorization: «Bearer abcdefghij0123456789» }'), /a bearer token/],
    [
      'a token in a prefix',
      send('headers: { authorization: { prefix: «Bearer abcdefghij0123456789», secret: a } }'),
      /a bearer/,
    ],
    ['a password', send('body: { password: «hunter2» }'), /`password`.*\{ secret: NAME \}/],
    ['a password deep in a list', send('body: { list: [{ api_key: «"x"» }] }'), /`api_key`/],
    ['a secret beside other keys', send('body: { secret: «hunter2», user: me }'), /`secret`/],
    [
      'a token in a command',
      `- id: run\n  action: command.run\n  with: { argv: [x], undo: [x], env: { TOKEN: «abc» } }\n`,
      /`TOKEN`/,
    ],
  ])('is an error: %s', (_name, steps, says) => {
    expectAt(whole(steps), RULE, 'error', says)
  })

  test.each([
    ['a reference', send('body: { password: { secret: api } }')],
    ['a reference with a prefix', send('headers: { authorization: { prefix: "Bearer ", secret: api } }')],
    ['an expression', send('body: { token: "${{ incident.id }}" }')],
    ['a number', send('body: { token: 5 }')],
    ['nothing', send('body: { token: "" }')],
    ['a key that only sounds like it', send('body: { token_type: abc, passwords: 3 }')],
    ['an id that is too short', send('body: AKIA1234')],
    ['a longer word', send(`body: X${KEY}Y`)],
    ['a short word after Bearer', send('body: Bearer of news')],
    ['a public key', send('body: "-----BEGIN PUBLIC KEY-----"')],
  ])('is not found in %s', (_name, steps) => {
    expect(found(whole(steps), RULE)).toEqual([])
  })
})

describe('shell syntax in argv', () => {
  const run = (...words: readonly string[]) =>
    `- id: run\n  action: command.run\n  with:\n    undo: [x]\n    argv:\n${words.map(word => `      - ${word}\n`).join('')}`
  const RULE = 'argv-metacharacters'

  test.each([
    ['a pipe', '«"a | b"»', /`\|`/],
    ['an or', '«a||b»', /`\|\|`/],
    ['a redirection', '«"> /dev/null"»', /`>`/],
    ['an input', '«"<file"»', /`<`/],
    ['an and', '«a&&b»', /`&&`/],
    ['a semicolon', '«a;»', /`;`/],
    ['a substitution', '«$(date)»', /`\$\(`/],
    ['backticks', '«"`date`"»', /```/],
    ['all files', '«"*"»', /`\*`/],
  ])('is found: %s', (_name, word, says) => {
    expectAt(whole(run('ls', word)), RULE, 'warning', says)
  })

  test.each([
    ['plain words', ['ls', '-l', '/tmp', 'a=b', 'a&b', '*.log']],
    ['an expression with a comparison', ['ls', "\"${{ visits('run') > 1.0 ? 'a' : 'b' }}\""]],
    ['the script of a shell', ['/bin/sh', '-c', '"a | b; c"']],
    ['the script of bash with more flags', ['bash', '-ec', '"a | b"']],
  ])('is not found in %s', (_name, words) => {
    expect(found(whole(run(...words)), RULE)).toEqual([])
  })

  test('is found after the script of a shell, which does not read it', () => {
    expectAt(whole(run('sh', '-c', '"a | b"', '«">"»')), RULE, 'warning', /`>`/)
  })
})

describe('a branch', () => {
  const branch = (arms: string, key = 'branch') => `- id: b\n  ${key}: [${arms}]\n- id: a\n  wait: 1s\n`
  const RULE = 'branch-changes-nothing'
  const TEST = 'if: elapsed > duration("1m")'

  test.each([
    ['to one step', `{ ${TEST}, goto: over }, { goto: over }`, /leads to `over`/],
    ['to the next step, named or not', `{ ${TEST}, goto: a }, {}`, /leads to `a`/],
    ['to one end', `{ ${TEST}, end: resolved }, { end: resolved }`, /the end, resolved/],
  ])('whose entries all lead %s changes nothing', (_name, arms, says) => {
    expectAt(whole(branch(arms, '«branch»')), RULE, 'warning', says)
  })

  test.each([
    ['two steps', `{ ${TEST}, goto: over }, { goto: a }`],
    ['two ends', `{ ${TEST}, end: resolved }, { end: mitigated }`],
    ['an end and a step', `{ ${TEST}, end: resolved }, { goto: over }`],
    ['one place, from one entry', '{ goto: over }'],
  ])('that leads to %s is left alone', (_name, arms) => {
    expect(found(whole(branch(arms)), RULE)).toEqual([])
  })
})

describe('a trigger', () => {
  const lintBoth = async (one: string, two: string) => {
    const folder = await mkdtemp(join(tmpdir(), 'firebreak-triggers-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const files = [join(folder, '1.yaml'), join(folder, '2.yaml')]
    await writeFile(files[0] ?? '', whole('', one))
    await writeFile(files[1] ?? '', whole('', two).replace('runbook: test', 'runbook: other'))
    const { report } = await lintRunbooks(files, real)
    return { files, findings: report.findings.filter(({ rule }) => rule === 'same-trigger') }
  }

  test('that two runbooks share is found in the second, whatever the order of its labels', async () => {
    const { findings, files } = await lintBoth(
      'triggers:\n  - { alertname: Hot, tier: a }\n',
      'triggers:\n  - alertname: Cold\n  - tier: a\n    alertname: Hot\n',
    )
    expect(findings).toMatchObject([{ severity: 'warning', file: files[1], line: 5, column: 5 }])
    expect(findings[0]?.message).toContain(`${files[0]} has the same trigger`)
  })

  test('is left alone where one label differs, or is missing', async () => {
    const one = 'triggers: [{ alertname: Hot, tier: a }]\n'
    expect((await lintBoth(one, 'triggers: [{ alertname: Hot, tier: b }]\n')).findings).toEqual([])
    expect((await lintBoth(one, 'triggers: [{ alertname: Hot }]\n')).findings).toEqual([])
  })

  test('may stand twice in one runbook', async () => {
    expect((await lintBoth('triggers: [{ a: b }, { a: b }]\n', '')).findings).toEqual([])
  })
})
