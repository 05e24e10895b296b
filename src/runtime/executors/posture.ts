import { formatDuration } from '../../domain/duration.js'
import { clockTime, epochMs, toInstant } from '../../domain/instant.js'
import type { Answer, Question } from '../../domain/question.js'
import type { Command } from '../../engine/pending.js'
import type { Raised } from '../../engine/state.js'
import { POSTURE_HOLDS, POSTURE_NOTICE } from '../../engine/verbs.js'
import type { Deps } from '../deps.js'

/** Waits beside everything else; asks ten minutes before a raised posture expires, and lets it expire unless told otherwise. */
export const posture = async (
  deps: Deps,
  { raised }: Command & { do: 'posture' },
  withdrawn: AbortSignal,
): Promise<void> => {
  const { clock, ledger, desk } = deps
  const until = epochMs(raised.until)
  if (!(await wait(deps, until - POSTURE_NOTICE, withdrawn))) return
  const answer = clock.now() < until ? await askUntil(deps, raised, withdrawn) : undefined
  if (withdrawn.aborted || deps.stop.reason() !== undefined) return
  const by = answer?.by ?? 'engine'
  if (answer?.option === 'keep') {
    const again = toInstant(clock.now() + POSTURE_HOLDS)
    const data = { to: raised.to, until: again, reason: `kept: ${raised.reason}`, by }
    await ledger.append({ type: 'posture.raised', actor: by, data })
  } else {
    const because = answer ? 'it was let expire' : `its time was over at ${clockTime(raised.until)}`
    await ledger.append({ type: 'posture.expired', actor: by, data: { by, because } })
  }
  desk.interrupt() // whatever is asked now stands on other limits
}

/** False: it is no longer waited for. */
const wait = async ({ clock, stop }: Deps, at: number, withdrawn: AbortSignal): Promise<boolean> => {
  const left = at - clock.now()
  if (left <= 0) return true
  return (await clock.sleep(left, AbortSignal.any([stop.signal, withdrawn]))) === 'fired'
}

const askUntil = async (deps: Deps, raised: Raised, withdrawn: AbortSignal): Promise<Answer | undefined> => {
  const { desk, ledger } = deps
  const question = questionFor(raised)
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, withdrawn])
  desk.interrupt()
  const asked = desk.ask(() => question, {
    nth: () => 0,
    withdrawn: signal,
    announce: () => ledger.append({ type: 'question.asked', data: { question } }),
  })
  void wait(deps, epochMs(raised.until), signal).then(() => over.abort())
  const answer = await asked
  over.abort()
  return answer === 'interrupted' ? undefined : answer
}

const questionFor = ({ to, until, reason }: Raised): Question => ({
  id: `posture:${until}`,
  kind: 'posture',
  step: 'posture',
  visit: 1,
  title: `The ${to} posture ends at ${clockTime(until)}`,
  text: `It was raised because: ${reason}. Does that still hold?`,
  options: [
    { key: 'expire', label: 'No: back to conservative limits', recommended: true },
    { key: 'keep', label: `Yes: keep it for another ${formatDuration(POSTURE_HOLDS)}`, recommended: false },
  ],
  verbs: [],
})
