import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { beforeAll, describe, expect, it } from 'vitest'
import { show } from '../../src/commands/show.js'
import type { Io } from '../../src/commands/support/io.js'
import { NESTED } from '../fuzz/nested.js'

const CALLED = `runbook: cluster-wide
title: Half the proxies or more are hot
inputs:
  cluster: { type: cluster }
  n: { type: number, default: 1 }
steps:
  - id: tell
    notify: \${{ inputs.cluster }} \${{ inputs.n }}
  - id: over
    end: resolved
`

let page = ''
let sections: Map<string, string>

beforeAll(async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'firebreak-show-')), 'nested.yaml')
  writeFileSync(file, NESTED)
  writeFileSync(path.join(path.dirname(file), 'cluster-wide.yaml'), CALLED)
  const [out, err] = [new PassThrough(), new PassThrough()]
  // It writes only; the streams of a process have more to them.
  const io = { input: new PassThrough(), out, err, env: {}, cwd: path.dirname(file) } as unknown as Io
  expect(await show(io, file, {}), String(err.read())).toBe(0)
  page = String(out.read())
  const parts = page.split(/^(?= *[\w.]+\. .*\[\w+\]$)/m).slice(1)
  sections = new Map(
    parts.map(part => [/\[(\w+)\]/.exec(part)?.[1] ?? '', part.replaceAll(/\s+/g, ' ').trim()]),
  )
})

describe('the page of a runbook with steps in steps', () => {
  it('numbers a step inside another one after it, and its branch', () => {
    const numbers = [...sections.values()].map(section => section.split(' ', 1)[0])
    expect(numbers).toEqual([
      ...['1.', '2.', '3.'],
      ...['3.left.1.', '3.left.2.', '3.left.3.', '3.left.4.'],
      ...['3.right.1.', '3.right.1.1.', '3.right.1.2.'],
      ...['4.', '5.', '6.'],
    ])
  })

  it('puts it further to the right', () => {
    expect(page).toMatch(/^ 3\. \[both\]$/m)
    expect(page).toMatch(/^ {4}left:$/m)
    expect(page).toMatch(/^ {4}3\.left\.1\. \[look\]$/m)
    expect(page).toMatch(/^ {8}3\.right\.1\.1\. \[replace\]$/m)
  })

  it.each([
    ['survey', 'at most: 30s for a look; longer is inconclusive'],
    ['survey', 'not passed: look again, up to 3 times more, 10s apart; then'],
    ['tell', 'tell: Hot are ${{ steps.survey.worst }} to: sre-cache then: -> step 3 [both]'],
    ['both', 'side by side: left (steps 3.left.1 to 3.left.4), right (step 3.right.1)'],
    ['both', 'all done: -> step 4 [judge]'],
    ['both', 'one failed: -> step 5 [wide]'],
    ['look', 'failed: -> step 3 [both] fails'],
    ['fork', '-> step 3.left.4 [settle]'],
    ['settle', 'wait until: size(result.hot) == 0 result is what step 1 [survey] finds'],
    ['settle', 'try: every 15s, for 10m at most'],
    ['settle', 'not in time: -> left of step 3 [both] is done'],
    ['many', 'for each: proxy of ${{ steps.survey.hot }}'],
    ['many', 'do: steps 3.right.1.1 to 3.right.1.2, at most 2 items at a time'],
    ['replace', 'at most: 10m; after that nothing more is begun'],
    ['done', 'yes: Yes (recommended) -> this item of step 3.right.1 [many] is done'],
    ['judge', '-> the runbook cluster-wide (cluster = ${{ inputs.cluster }}, n = 5) takes over, for good'],
    ['wide', 'run: the runbook cluster-wide, from its first step to its end, and come back'],
    ['wide', 'with cluster = ${{ inputs.cluster }}'],
    ['wide', 'unresolved or aborted: -> step 6 [over]'],
  ])('says of %s: %s', (id, words) => {
    expect(sections.get(id)).toContain(words)
  })
})
