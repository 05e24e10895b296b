import { expect, it } from 'vitest'
import { catalogue } from '../../src/commands/support/catalogue.js'
import { parseRunbook } from '../../src/runbook/load.js'

/** As somebody leaves it on a Friday evening: the ten mistakes stand between « and ». */
const MARKED = `runbook: surge
title: Connections surge
inputs:
  cluster: { type: «clusters» }
steps:
  - id: survey
    check: «proxy.conections»
    with: { cluster: us-east-c1 }
  - id: look
    check: proxy.connections
    with: { «clustr»: us-east-c1 }
    expect: size(result.«hott») == 0
  - id: fork
    branch:
      - if: visits(«"lok"») > 2
        goto: done
      - goto: «repalce»
  - id: replace
    action: proxy.replace
    with: { proxies: "\${{ «steps.look.hot_share» }}" }
    verify: { again: look, «witin»: 5m }
  - id: pause
    wait: «soon»
  - id: done
    end: «resolvd»
`

type Place = { readonly line: number; readonly column: number; readonly text: string }

/** Where the marks stand in the text without them. */
const unmarked = (marked: string): { readonly text: string; readonly places: readonly Place[] } => {
  const places: Place[] = []
  const lines = marked.split('\n').map((line, index) => {
    let plain = ''
    for (const part of line.split(/(«[^»]*»)/)) {
      const inside = /^«(.*)»$/.exec(part)?.[1]
      if (inside !== undefined) places.push({ line: index + 1, column: plain.length + 1, text: inside })
      plain += inside ?? part
    }
    return plain
  })
  return { text: lines.join('\n'), places }
}

it('a runbook with ten planted mistakes gets ten findings, each at its own characters', () => {
  const { text, places } = unmarked(MARKED)
  const lines = text.split('\n')
  const { diagnostics } = parseRunbook(text, 'surge.yaml', catalogue)
  const found = diagnostics.map(({ line, column, endColumn }) => ({
    line,
    column,
    text: lines[line - 1]?.slice(column - 1, endColumn - 1),
  }))
  expect(places).toHaveLength(10)
  expect(found).toEqual(places)
})
