import type { Plan } from '../../domain/plan.js'
import { ok } from '../../domain/result.js'
import type { ActionBehaviour, Applied } from '../contract.js'
import { type Turn, WAYS } from '../proxy-life/ways.js'
import type { Input } from './schema.js'
import { byProxy, readChanges } from './turn.js'

/** All side by side: none waits for another, and what failed is told when all have ended. */
export const apply =
  (turn: Turn): ActionBehaviour<Input>['apply'] =>
  async (plan, ctx) => {
    const frontends = readChanges(plan)
    const results = await ctx.all(
      frontends.map(args => ({
        kind: WAYS[turn].op,
        key: `${turn}-${args.frontend}`,
        target: args.proxy,
        args,
      })),
    )
    const failed = frontends.filter((_, index) => results[index]?.ok === false)
    const first = results.find(result => !result.ok)
    if (!first || first.ok) return ok(done(turn, plan))
    const { message } = first.failure
    const left = `${failed.length} of ${frontends.length} frontends are not ${WAYS[turn].to}, of ${words(failed)}`
    return { ok: false, failure: { ...first.failure, message: `${left}: ${message}` } }
  }

const done = (turn: Turn, plan: Plan): Applied => {
  const proxies = byProxy(readChanges(plan))
  const names = proxies.map(({ proxy }) => proxy).join(', ')
  return turn === 'disable'
    ? { output: { drained: proxies }, summary: `no new connections to ${names}; live ones stay` }
    : { output: { enabled: proxies }, summary: `new connections to ${names} again` }
}

const words = (frontends: Parameters<typeof byProxy>[0]): string =>
  byProxy(frontends)
    .map(({ proxy, frontends: names }) => `${proxy} (${names.join(', ')})`)
    .join(', ')
