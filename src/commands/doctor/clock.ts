import { formatDuration } from '../../domain/duration.js'
import { BRISK_MS } from '../support/brisk-discovery.js'
import { type Examination, type Finding, ofAws } from './contract.js'

/** AWS turns requests away that are dated more than 5 minutes off. */
const REFUSED_MS = 300_000
const OFF_MS = 60_000

export const clockRows: Examination = {
  name: 'clock',
  examine: ofAws(async ({ look: { clock, providers } }) => {
    const sts = await providers.sts()
    if (!sts.ok) return [unknown(sts.failure.message)]
    const before = clock.now()
    const told = await sts.value.time(BRISK_MS)
    if (!told.ok) return [unknown(told.failure.message)]
    // It was said some time between asking and hearing, and some time in that second.
    return [judge((before + clock.now()) / 2 - (told.value + 500))]
  }),
}

const unknown = (detail: string): Finding => ({
  state: 'warn',
  detail: `it cannot be compared: ${detail}`,
  next: 'compare it by hand (date -u)',
})

/** Milliseconds that this machine is ahead. */
export const judge = (ahead: number): Finding => {
  const off = Math.abs(ahead)
  const words = `${formatDuration(off)} ${ahead > 0 ? 'ahead of' : 'behind'} AWS`
  if (off <= OFF_MS) return { state: 'ok', detail: off < 2_000 ? 'as that of AWS' : words }
  return {
    state: off >= REFUSED_MS ? 'fail' : 'warn',
    detail: `${words}; from 5m on requests are turned away, and no time in a journal is right`,
    next: 'let it be set by NTP (timedatectl)',
  }
}
