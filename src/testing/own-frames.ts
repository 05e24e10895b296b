import { MAIN_FRAME } from '../domain/event.js'
import { everyStep, type Runbook } from '../domain/runbook.js'

/**
 * Whether a frame runs steps of this runbook. A runbook that it calls or hands over to has frames of its own, and may
 * have steps of the same ids: what happens there is that one's business.
 */
export const ownFrames = ({ steps }: Pick<Runbook, 'steps'>): ((frame: string | undefined) => boolean) => {
  const nests = everyStep(steps).filter(({ kind }) => kind === 'parallel' || kind === 'each')
  const ids = new Set(nests.map(({ id }) => id))
  return frame => {
    const [root, ...rest] = (frame ?? '').split('/')
    return root === MAIN_FRAME && rest.length % 2 === 0 && rest.every((part, at) => isOwn(part, at, ids))
  }
}

/** `main/both#1/left`: a visit and a block by turns; `left>2` is where another runbook took the block over. */
const isOwn = (part: string, at: number, ids: ReadonlySet<string>): boolean =>
  at % 2 === 0 ? ids.has(part.split('#', 1)[0] ?? '') : !part.includes('>')
