import { expect, it } from 'vitest'
import { scenarioReference } from '../../src/drill/reference.js'
import { FAULTS } from '../../src/drill/scenario/faults.js'
import { scenarioSchema } from '../../src/drill/scenario.js'
import { schemaRows } from '../../src/runbook/schema-rows.js'

const TEXT = scenarioReference(schemaRows)

/** The part below a heading, up to the next one. */
const below = (heading: string): string => {
  const [, part] = TEXT.split(`${heading}\n`)
  if (part === undefined) throw new Error(`no part ${heading}`)
  return part.split('\n#')[0]!
}

const rowsIn = (part: string): string[][] =>
  part
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .map(line => line.slice(1, -1).split(/(?<!\\)\|/))
    .map(cells => cells.map(cell => cell.trim()))

it('tells of every key of a scenario what it is', () => {
  const rows = rowsIn(below('### The scenario'))
  expect(rows.map(([key]) => key)).toEqual(
    expect.arrayContaining(Object.keys(scenarioSchema.shape).map(key => `\`${key}\``)),
  )
  for (const row of rows) expect(row.at(-1), row[0]).not.toBe('')
})

it.each(FAULTS.map(fault => [fault.shape.kind.value, fault] as const))(
  'tells what %s does, and of each of its keys what it is',
  (kind, fault) => {
    const part = below(`#### \`${kind}\``)
    expect(part.trim().split('\n')[0]).toBe(`${fault.description}.`)
    const own = rowsIn(part).filter(([key]) => !key!.includes('.'))
    const keys = Object.keys(fault.shape).filter(key => key !== 'kind')
    expect(own.map(([key]) => key)).toEqual(keys.map(key => `\`${key}\``))
    for (const row of own) expect(row.at(-1), row[0]).not.toBe('')
  },
)
