// A process that tries for a thing when it is told to, round after round, and says whether it got it.

import path from 'node:path'
import { createInterface } from 'node:readline'
import { ok } from '../../src/domain/result.js'
import { createLocks } from '../../src/runtime/locks.js'
import { claim, type Ownership, take } from '../../src/runtime/owner.js'

const [dir = '', name = ''] = process.argv.slice(2)
const ownership = { mark: { host: 'h', pid: process.pid, fence: 1 }, holds: () => ok(null) }

/** What is tried for in a round, and how it is let go of once both have said what they got. */
const TRY: { readonly [what: string]: (round: string) => Promise<(() => Promise<unknown>) | undefined> } = {
  claim: async round => {
    const won = await claim(path.join(dir, `owner-${round}.json`), 'i-1')
    return won.ok ? won.value.release : undefined
  },
  take: async round => {
    const won = await take(path.join(dir, `owner-${round}.json`), 'i-1')
    if (won.ok) holds = won.value.ownership.holds
    return won.ok ? won.value.ownership.release : undefined
  },
  lock: async () => {
    const locks = createLocks({ dir: path.join(dir, 'locks'), incident: name, ownership })
    const won = await locks.acquire(['cluster:c1', 'acl:a'])
    return won.ok ? locks.releaseAll : undefined
  },
}

let letGo: (() => Promise<unknown>) | undefined
let holds: Ownership['holds'] | undefined
const say = (text: string) => process.stdout.write(`${text}\n`)

const obey = async (line: string): Promise<void> => {
  const [what = '', round = '', at = '0'] = line.split(' ')
  if (what === 'let-go') {
    await letGo?.()
    letGo = undefined
    return void say('free')
  }
  if (what === 'holds') return void say(holds?.().ok ? 'won' : 'lost')
  while (Date.now() < Number(at)); // both begin in the same millisecond
  letGo = await TRY[what]?.(round)
  say(letGo ? 'won' : 'lost')
}

createInterface({ input: process.stdin }).on('line', line => void obey(line))
say('ready')
