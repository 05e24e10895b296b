import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type End, endOf, whatIsWrong } from '../torture/end.js'
import { drillArgs, resumeArgs, STORIES, type Story } from '../torture/stories.js'
import { firebreak, linesIn, type Machine, newMachine, onlyIncident, type Run, textOf } from './firebreak.js'
import { KILLED, killAt } from './kill-at.js'

/**
 * In the middle of the changes one is done and the journal does not know it; or the last one is asked for and never
 * made. One of the two in each story, by turns.
 */
const momentIn = (story: Story, changes: number): string =>
  OURS.indexOf(story) % 2 === 0 ? `world.log:${Math.ceil(changes / 2)}:after` : `world.log:${changes}:before`

const [SHIPPED, OURS] = [STORIES.filter(({ shipped }) => shipped), STORIES.filter(({ shipped }) => !shipped)]

/** These are killed at many moments elsewhere, and all of them everywhere by `npm run torture`. */
it.each(SHIPPED)('the story $name of a shipped runbook ends, and leaks nothing', async story => {
  const { end, changes } = await play(story)
  expect(whatIsWrong(end)).toBeUndefined()
  expect(changes).toBeGreaterThan(0)
})

describe.each(OURS)('the story $name', story => {
  let whole: Played
  let killed: Killed
  beforeAll(async () => {
    whole = await play(story)
    killed = await killAndResume(story, momentIn(story, whole.changes))
  })

  it('ends, and leaks nothing', () => {
    expect(whatIsWrong(whole.end)).toBeUndefined()
    expect(whole.changes).toBeGreaterThan(0)
  })

  it('comes out the same where it was killed at a change and resumed', () => {
    expect(killed.end, killed.moment).toEqual(whole.end)
  })

  it('has a record that verifies after that', () => {
    expect(killed.verify.code, killed.verify.stderr).toBe(0)
  })
})

type Played = { readonly end: End; readonly changes: number }
type Killed = { readonly moment: string; readonly end: End; readonly verify: Run }

const answersOn = (machine: Machine, { answers }: Story): string => {
  const file = path.join(machine.dir, 'answers.yaml')
  writeFileSync(file, `${answers}\n`)
  return file
}

const endOn = (machine: Machine): Played => {
  const id = onlyIncident(machine)
  const world = linesIn(textOf(machine, id, 'world.log'))
  return { end: endOf(linesIn(textOf(machine, id)), world), changes: world.length }
}

const play = async (story: Story): Promise<Played> => {
  const machine = newMachine()
  const { code, stderr } = await firebreak(machine, drillArgs(story, answersOn(machine, story)))
  expect([0, 1], stderr).toContain(code)
  return endOn(machine)
}

const killAndResume = async (story: Story, moment: string): Promise<Killed> => {
  const machine = newMachine()
  const answers = answersOn(machine, story)
  const { signal } = await firebreak(machine, drillArgs(story, answers), { env: killAt(moment) })
  expect(signal, `${moment} of ${story.name} was never reached`).toBe(KILLED)
  await firebreak(machine, resumeArgs(answers))
  const { end } = endOn(machine)
  return { moment, end, verify: await firebreak(machine, ['journal', 'verify', 'last']) }
}
