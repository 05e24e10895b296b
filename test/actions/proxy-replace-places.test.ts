import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { Json } from '../../src/domain/json.js'
import type { Plan } from '../../src/domain/plan.js'
import { fail, ok } from '../../src/domain/result.js'
import { failureOf, okOf } from '../engine/results.js'
import { aggressive, applied, type Ends, planned, withProxies } from './applied.js'

const TYPES = ['c7i.large', 'c7i.xlarge', 'c7a.large']
const FULL = fail('ec2.capacity', 'there is no capacity', 'try another place')
const QUOTA = fail('ec2.quota', 'VcpuLimitExceeded', 'have it raised')

const plan = (...proxies: string[]): Promise<Plan> =>
  planned(withProxies(aggressive(), { instanceTypes: TYPES }), { proxies })

const launches = async (ends: Ends, ...proxies: string[]) => {
  const { keys, result } = await applied(await plan(...proxies), ends)
  return { tried: keys.filter(key => key.startsWith('launch')), result }
}

it('after a quota tries no other place of that family of types, and the next family at once', async () => {
  const { tried, result } = await launches({ 'launch-i-1-subnet-a1-c7i.large': QUOTA }, 'i-1')
  expect(tried).toEqual(['launch-i-1-subnet-a1-c7i.large', 'launch-i-1-subnet-a1-c7a.large'])
  okOf(result)
})

it('stops after a quota where there is no other family', async () => {
  const one = withProxies(aggressive(), { instanceTypes: ['c7i.large', 'c7i.xlarge'] })
  const { keys, result } = await applied(await planned(one, { proxies: ['i-1'] }), { launch: QUOTA })
  expect(keys).toEqual(['launch-i-1-subnet-a1-c7i.large'])
  expect(failureOf(result).code).toBe('ec2.quota')
})

it('remembers a quota for the rest of the batch', async () => {
  const { tried } = await launches({ 'launch-i-1-subnet-a1-c7i.large': QUOTA }, 'i-1', 'i-2')
  expect(tried).toEqual([
    'launch-i-1-subnet-a1-c7i.large',
    'launch-i-1-subnet-a1-c7a.large',
    'launch-i-2-subnet-a1-c7a.large',
  ])
})

it('tries another type of the same family where only capacity is lacking', async () => {
  const { tried } = await launches(
    { 'launch-i-1-subnet-a1-c7i.large': FULL, 'launch-i-1-subnet-b1-c7i.large': FULL },
    'i-1',
  )
  expect(tried.at(-1)).toBe('launch-i-1-subnet-a1-c7i.xlarge')
})

it.each(['ec2.ambiguous', 'op.in-doubt', 'op.stopped', 'wait.timeout'] as const)(
  'launches in no other place after %s: what it tried first might be there',
  async code => {
    const { tried } = await launches({ launch: fail(code, 'who knows', 'look') }, 'i-1', 'i-2')
    expect(tried).toEqual(['launch-i-1-subnet-a1-c7i.large'])
  },
)

/** `main/replace#1/` stands before the key. */
const keyIn = (op: string): string => op.slice(op.lastIndexOf('/') + 1)

it('goes on with what 0.1.0 began by the very ops that it journalled, so that nothing is launched twice', async () => {
  const journal = fileURLToPath(new URL('../histories/0.1.0/agreed.jsonl', import.meta.url))
  const events = readFileSync(journal, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))
  const old: Plan = events.find(({ type }) => type === 'plan.made').data.plan
  const finished = events.filter(({ type }) => type === 'op.finished').map(({ data }) => data)
  const results = Object.fromEntries(finished.map(({ op, result }) => [keyIn(op), ok<Json>(result)]))
  const { names, result } = await applied(old, results)
  expect(names).toEqual(finished.map(({ op }) => keyIn(op)))
  expect(names).toHaveLength(6)
  okOf(result)
})
