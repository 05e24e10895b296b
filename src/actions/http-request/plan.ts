import { noCapacity, type PlanDraft } from '../../domain/plan.js'
import { ok, type Result } from '../../domain/result.js'
import { noWrittenSecret } from '../secret-reference.js'
import { asJson, byHand, type Call, changeFor, hostOf } from './call.js'
import type { Input } from './schema.js'

/** The request as it is written, with references for secrets: nothing is sent to plan it. */
export const plan = async (input: Input): Promise<Result<PlanDraft>> => {
  const call = callOf(input)
  const clean = noWrittenSecret(asJson(call))
  if (!clean.ok) return clean
  return ok({
    summary: `Send ${call.method} ${call.url}`,
    changes: [changeFor(call)],
    blast: noCapacity(true),
    facts: [],
    warnings: inTheClear(call)
      ? ['a secret goes to another machine without TLS: whoever is on the way can read it']
      : [],
    undo: ['what the request does there cannot be undone from here'],
    confirm: hostOf(call),
    predicted: { status: call.expect_status?.[0] ?? 200, body: '' },
    commands: [byHand(call)],
    locks: [],
    atLeast: { level: 'operator', reason: 'it changes something that is no part of the fleet' },
    outside: true,
  })
}

const callOf = ({ method, url, headers, body, timeout, expect_status }: Input): Call => ({
  method,
  url,
  timeout,
  ...(headers === undefined ? {} : { headers }),
  ...(body === undefined ? {} : { body }),
  ...(expect_status === undefined ? {} : { expect_status }),
})

const inTheClear = ({ url, headers, body }: Call): boolean => {
  const { protocol, hostname } = new URL(url)
  const loopback = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  return protocol === 'http:' && !loopback && /"secret":/.test(JSON.stringify([headers, body]))
}
