import type { Event } from '../../domain/event.js'
import type { Plan } from '../../domain/plan.js'
import { planLines } from '../../engine/plan-words.js'
import { rowOf } from '../../engine/timeline.js'
import type { Streams } from '../contract.js'
import { planLineText, rowText } from './layout.js'
import type { Paint } from './paint.js'

/** What stands above a question must be what it is about: while one is open, what happens beside it waits. */
export type Screen = {
  readonly tell: (event: Event) => void
  /** From here on what is told waits, until the question is over. */
  readonly hold: () => void
  /** Tells what waits. */
  readonly release: () => void
  readonly isHolding: () => boolean
  readonly say: (text: string) => void
  /** The plan that is asked about, unless it is the last thing that was told. */
  readonly showPlan: (plan: Plan) => void
}

export const createScreen = ({ err }: Streams, paint: Paint): Screen => {
  let phase = ''
  let holds = false
  let waiting: Event[] = []
  let last: string | undefined // digest of the plan under which nothing was told since

  const say = (text: string): void => {
    err.write(`${text}\n`)
  }
  const print = (lines: readonly string[]): void => {
    if (lines.length === 0) return
    last = undefined
    say(lines.join('\n'))
  }
  const showPlan = (plan: Plan): void => {
    if (plan.digest === last) return
    print(planLines(plan).map(line => planLineText(line, paint, err.columns)))
    last = plan.digest
  }
  const write = (event: Event): void => {
    print([...phaseText(event, phase, paint), ...rowLines(event, paint, err.columns)])
    if (event.type === 'step.entered') phase = event.data.phase ?? phase
    const isPlan = event.type === 'plan.made' || event.type === 'plan.changed'
    if (isPlan && event.data.plan) showPlan(event.data.plan)
  }
  return {
    tell: event => {
      if (holds) waiting.push(event)
      else write(event)
    },
    hold: () => {
      holds = true
    },
    release: () => {
      holds = false
      const told = waiting
      waiting = []
      for (const event of told) write(event)
    },
    isHolding: () => waiting.some(event => rowOf(event) !== undefined || event.type === 'plan.made'),
    say,
    showPlan,
  }
}

const phaseText = (event: Event, before: string, paint: Paint): string[] => {
  const phase = event.type === 'step.entered' ? event.data.phase : undefined
  return phase === undefined || phase === before ? [] : [paint('title', `\n== ${phase}`)]
}

const rowLines = (event: Event, paint: Paint, width: number | undefined): string[] => {
  const row = rowOf(event)
  return row ? [rowText(row, paint, width)] : []
}
