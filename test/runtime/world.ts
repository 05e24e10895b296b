// A world in memory, one action that sets values in it, and one check that reads them.

import { z } from 'zod'
import type { ActionBehaviour, ActionSpec, Apply, OpBehaviour, OpRequest } from '../../src/actions/contract.js'
import { defineAction, defineOp } from '../../src/actions/contract.js'
import type { CheckSpec } from '../../src/checks/contract.js'
import { defineCheck } from '../../src/checks/contract.js'
import type { Json } from '../../src/domain/json.js'
import type { Blast, Change, Fact, Plan, Spending } from '../../src/domain/plan.js'
import { type Failure, fail, failure, ok, type Result } from '../../src/domain/result.js'
import type { Ec2Probe } from '../../src/providers/contract.js'
import { createTrap, type Trap } from './trap.js'

export type World = {
  readonly values: Map<string, string>
  /** Changes that were carried out, in order: `a=new`, `mark a`, `send`. */
  readonly done: string[]
  /** Tokens that came with requests for a change, carried out or not. */
  readonly tokens: Map<string, string[]>
  /** Changes that are answered with a failure, and not carried out. */
  readonly failing: Map<string, Failure>
  /** Changes that are carried out, and whose answer is lost. */
  readonly lost: Set<string>
  /** A probe cannot say anything. */
  blind: boolean
  facts: readonly Fact[]
  blast: Blast
  /** What setting values uses up, by target. */
  spends?: Spending
  /** Ends with something that cannot be taken back. */
  sends: boolean
  /** Sets all values side by side. */
  together: boolean
  /** A plan has so many values at most; the rest has one of its own. */
  atOnce?: number
  /** What a rehearsal asks EC2 for. */
  probes: readonly Ec2Probe[]
  /** The one that the process under way can be killed in. */
  trap: Trap
  /** Called inside each effect, before it is carried out. */
  during: (change: string) => Promise<void> | void
  /** Called inside each probe of a value. */
  probing: (target: string) => Promise<void> | void
}

export const newWorld = (...targets: string[]): World => ({
  values: new Map(targets.map(target => [target, 'old'])),
  done: [],
  tokens: new Map(),
  failing: new Map(),
  probes: [],
  lost: new Set(),
  blind: false,
  facts: [],
  blast: {
    cluster: 'c1',
    serving: 6,
    floor: 4,
    takes: 0,
    unavailable: 0,
    adds: 1,
    irreversible: false,
  },
  sends: false,
  together: false,
  trap: createTrap(),
  during: () => {},
  probing: () => {},
})

/** Failures of the two kinds that matter: after one it is known that nothing happened, after the other it is not. */
export const KNOWN = failure('ec2.capacity', 'there is no capacity', 'try another place')
export const AMBIGUOUS = failure('ec2.ambiguous', 'the answer was lost', 'look before asking again')

const carryOut = async (world: World, change: string, token: string, act: () => void) => {
  await world.trap.pass(`before ${change}`)
  world.tokens.set(change, [...(world.tokens.get(change) ?? []), token])
  await world.during(change)
  const failing = world.failing.get(change)
  if (failing) return { ok: false as const, failure: failing }
  act()
  world.done.push(change)
  await world.trap.pass(`after ${change}`)
  return world.lost.has(change) ? { ok: false as const, failure: AMBIGUOUS } : ok({ change })
}

const setArgs = z.object({ target: z.string(), from: z.string(), to: z.string() })

const setOp = (world: World): OpBehaviour =>
  defineOp(setArgs, {
    effect: ({ target, to }, token) =>
      carryOut(world, `${target}=${to}`, token, () => world.values.set(target, to)),
    probe: async ({ target, to }) => {
      await world.probing(target)
      if (world.blind) return { state: 'unknown', evidence: `the value of ${target}` }
      const value = world.values.get(target)
      const evidence = `${target} is ${value}`
      return value === to
        ? { state: 'done', result: { change: `${target}=${to}` }, evidence }
        : { state: 'not-done', evidence }
    },
    undo: ({ target, from, to }) => [
      { kind: 'set', key: 'back', target, args: { target, from: to, to: from } },
      { kind: 'mark', key: 'mark', target, args: { change: `mark ${target}` } },
    ],
    spends: ({ target }) => {
      if (!world.spends) return undefined
      const { guardrail, cluster, each } = world.spends
      return { guardrail, cluster, amount: each[target] ?? 0 }
    },
  })

/** Something that is done, and can be seen to have been done. */
const plainOp = (world: World, undo: 'nothing' | 'irreversible'): OpBehaviour =>
  defineOp(z.object({ change: z.string() }), {
    effect: ({ change }, token) => carryOut(world, change, token, () => {}),
    probe: async ({ change }) =>
      world.done.includes(change)
        ? { state: 'done', result: { change }, evidence: change }
        : { state: 'not-done', evidence: change },
    undo,
  })

const input = z.object({ targets: z.array(z.string()), to: z.string() })

const behaviourIn = (world: World): ActionBehaviour<z.output<typeof input>> => ({
  probes: () => world.probes,
  plan: async ({ targets, to }) => {
    const left = targets.filter(target => world.values.get(target) !== to)
    if (left.length === 0) return fail('plan.nothing-to-do', 'all values are set', 'go on')
    const batch = left.slice(0, world.atOnce)
    return ok({
      summary: `set ${batch.join(', ')}`,
      changes: batch.map(resource => ({
        verb: 'set',
        resource,
        before: { value: world.values.get(resource) ?? null },
        after: { value: to },
      })),
      blast: world.blast,
      facts: world.facts,
      warnings: [],
      undo: [],
      confirm: `c1 ${left.length}`,
      predicted: { set: batch },
      commands: [],
      locks: [],
      ...(world.spends ? { spends: world.spends } : {}),
    })
  },
  ops: { set: setOp(world), mark: plainOp(world, 'nothing'), send: plainOp(world, 'irreversible') },
  apply: async (plan, ctx) => {
    const { changes } = plan
    const requests = changes.map(setRequest)
    const send = world.sends ? [{ kind: 'send', key: 'send', target: 'all', args: { change: 'send' } }] : []
    const results = world.together ? await ctx.all(requests) : []
    const rest = await oneByOne(ctx, world.together ? send : [...requests, ...send])
    const failed = [...(rest ? [rest] : []), ...results].find(result => !result.ok)
    if (failed && !failed.ok) return failed
    return ok({
      output: { set: changes.map(({ resource }) => resource) },
      summary: 'all are set',
      ...(world.atOnce === undefined ? {} : { next: restOf(plan) }),
    })
  },
})

/** Up to the first that fails, which is what it comes to. */
const oneByOne = async (ctx: Apply, requests: readonly OpRequest[]): Promise<Result<Json> | undefined> => {
  for (const request of requests) {
    const result = await ctx.op(request)
    if (!result.ok) return result
  }
  return undefined
}

const setRequest = ({ resource, before, after }: Change): OpRequest => ({
  kind: 'set',
  key: 'set',
  target: resource,
  args: { target: resource, from: before?.value ?? null, to: after?.value ?? null },
})

const restOf = ({ changes, with: asked }: Plan) => {
  const { targets, to } = input.parse(asked)
  return { targets: targets.filter(target => !changes.some(({ resource }) => resource === target)), to }
}

/** The registries of a world. Their types matter inside the action only, as in the real ones. */
export const actionsIn = (world: World): { readonly [name: string]: ActionSpec } => {
  const spec = defineAction({
    name: 'world.set',
    summary: 'Sets values',
    input,
    output: z.object({ set: z.array(z.string()) }),
    needs: [],
    permissions: [],
    load: async () => ({ behaviour: behaviourIn(world) }),
  })
  return { 'world.set': spec as unknown as ActionSpec }
}

export const checksIn = (world: World): { readonly [name: string]: CheckSpec } => {
  const spec = defineCheck({
    name: 'world.check',
    summary: 'Are all values new?',
    input: z.object({}),
    output: z.object({ old: z.array(z.string()) }),
    load: async () => ({
      run: async () => {
        const old = [...world.values].filter(([, value]) => value !== 'new').map(([target]) => target)
        return { verdict: old.length === 0 ? 'pass' : 'fail', output: { old }, summary: `${old.length} old` }
      },
    }),
  })
  return { 'world.check': spec as unknown as CheckSpec }
}
