import * as z from 'zod'
import type { Json } from '../../domain/json.js'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Haproxy } from '../../providers/contract.js'
import { defineOp, type OpBehaviour, type OpRequest } from '../contract.js'
import { changeAndSee } from '../runtime-change.js'
import { bySocat } from '../socat.js'
import { type FrontendState, stateOf, type Turn, WAYS } from './ways.js'

const args = z.object({ cluster: z.string(), proxy: z.string(), admin: z.string(), frontend: z.string() })
type Args = z.output<typeof args>

const effect =
  (turn: Turn): OpBehaviour<Args>['effect'] =>
  async ({ proxy, admin, frontend }, _token, { providers }) => {
    const haproxy = providers.haproxy(admin)
    const { from, to, send } = WAYS[turn]
    return changeAndSee<FrontendState>({
      proxy,
      command: `${turn} frontend ${frontend}`,
      shownBy: '`show stat`',
      look: () => lookAt(haproxy, frontend),
      unsent: state => (state === to ? ok({ was: to }) : undefined),
      send: () => send(haproxy, frontend),
      seen: state => (state === to ? { was: from } : undefined),
    })
  }

const lookAt = async (haproxy: Haproxy, frontend: string): Promise<Result<FrontendState>> => {
  const stat = await haproxy.stat()
  if (!stat.ok) return stat
  const row = stat.value.find(({ type, proxy }) => type === 'frontend' && proxy === frontend)
  return row
    ? ok(stateOf(row))
    : fail('target.rejected', `it has no frontend ${frontend}`, 'compare the fleet file with `show stat`')
}

const probe =
  (turn: Turn): OpBehaviour<Args>['probe'] =>
  async ({ proxy, admin, frontend }, _token, { providers }) => {
    const found = await lookAt(providers.haproxy(admin), frontend)
    const where = `frontend ${frontend} in \`show stat\` of ${proxy}`
    if (!found.ok) return { state: 'unknown', evidence: `${where} (${found.failure.message})` }
    const evidence = `${where}: ${found.value}`
    const { from, to } = WAYS[turn]
    // The plan was made where it stood the other way.
    return found.value === to
      ? { state: 'done', result: { was: from }, evidence }
      : { state: 'not-done', evidence }
  }

/** Where it stood that way before, somebody else did it: not ours to take back. */
const undo =
  (turn: Turn) =>
  (turned: Args, result: Json): readonly OpRequest[] => {
    const { back, to } = WAYS[turn]
    if (was.safeParse(result).data?.was === to) return []
    const { proxy, frontend } = turned
    return [{ kind: WAYS[back].op, key: `${back}-${frontend}`, target: proxy, args: turned }]
  }

const was = z.object({ was: z.string() })

export const disableFrontend = defineOp(args, {
  effect: effect('disable'),
  byHand: ({ frontend, admin }) => bySocat(`disable frontend ${frontend}`, admin),
  probe: probe('disable'),
  undo: undo('disable'),
  takes: ({ cluster, proxy }) => ({ cluster, targets: [proxy] }),
})

export const enableFrontend = defineOp(args, {
  effect: effect('enable'),
  byHand: ({ frontend, admin }) => bySocat(`enable frontend ${frontend}`, admin),
  probe: probe('enable'),
  undo: undo('enable'),
})
