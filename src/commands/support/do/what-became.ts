import type { Event } from '../../../domain/event.js'
import { EXIT, type ExitCode } from '../../../domain/exit-codes.js'
import type { StepFinished } from '../../../engine/state.js'

/** What became of an action outside of a runbook, in a sentence. */
export const becameWords = (finished: StepFinished): string => {
  const { outcome, summary, failure } = finished
  switch (outcome) {
    case 'applied':
      return `Done: ${summary}.`
    case 'unchanged':
      return `There was nothing to do: ${summary}.`
    case 'would-change':
      return 'Nothing was changed: its effects are withheld.'
    case 'declined':
      return `${extent(finished)}: ${summary}.`
    case 'refused':
      return `${extent(finished)}. It is refused: ${summary}.`
    case 'undone':
      return 'It was interrupted, and what it had done is taken back.'
    default:
      return `It failed: ${summary}${failure ? `. Next: ${failure.next}` : ''}.`
  }
}

/** Of several plans, the earlier ones may have been carried out. */
const extent = ({ output }: StepFinished): string =>
  output === undefined ? 'Nothing was done' : 'Only a part of it was done'

/** Done, or nothing to do: 0; declined or refused: 3; anything else: 1. */
export const becameExit = ({ outcome, failure }: StepFinished): ExitCode => {
  if (outcome === 'applied' || outcome === 'unchanged' || outcome === 'would-change') return EXIT.done
  if (outcome === 'declined' || outcome === 'refused' || failure?.kind === 'refused') return EXIT.refused
  return EXIT.unresolved
}

/** How a plan that a dry-run has shown is carried out later, that one and no other. */
export const bindingLines = (step: string, digest: string): readonly string[] => [
  'To carry out exactly this plan with nobody at the terminal: the same command without --dry-run, and',
  '--answers FILE with this line in it:',
  `  gates: { ${step}: { approve: ${digest} } }`,
]

/** The same of what a rehearsal has held back; nothing where it came to no plan. */
export const heldBackLines = (events: Iterable<Event>): readonly string[] => {
  const held = [...events].findLast(event => event.type === 'gate.decided')
  if (held?.type !== 'gate.decided' || held.data.decision !== 'withheld') return []
  return bindingLines(held.data.step, held.data.digest)
}
