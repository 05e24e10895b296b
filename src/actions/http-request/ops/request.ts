import type { Json } from '../../../domain/json.js'
import { fail, ok, type Result } from '../../../domain/result.js'
import { excerpt } from '../../../providers/excerpt.js'
import { defineOp, type Hands, type Probe } from '../../contract.js'
import { fillTexts, fillTree, secretRef } from '../../secret-reference.js'
import { byHand, type Call, call, hostOf } from '../call.js'

const effect = async (args: Call, _token: string, hands: Hands): Promise<Result<Json>> => {
  const { method, url, timeout } = args
  const headers = fillTexts(args.headers ?? {}, hands.secret)
  if (!headers.ok) return headers
  const body = args.body === undefined ? ok(undefined) : fillTree(args.body, hands.secret)
  if (!body.ok) return body
  const answer = await hands.providers.http.send({
    method,
    url,
    timeout,
    headers: { ...typeFor(args), ...headers.value },
    ...(body.value === undefined ? {} : { body: written(body.value) }),
  })
  if (!answer.ok) return answer
  const { status, body: said } = answer.value
  if (expected(args, status)) return ok({ status, body: said })
  return fail(
    'http.failed',
    `${hostOf(args)} answered ${status}: ${excerpt(said) || 'without a text'}`,
    'find out at that server what the status means; it has refused, or done only part of it',
  )
}

const written = (body: Json): string => (typeof body === 'string' ? body : JSON.stringify(body))

/** A body that is no text is JSON, unless a header says what it is. A reference is a text. */
const typeFor = ({ headers = {}, body }: Call): { readonly [name: string]: string } => {
  const told = Object.keys(headers).some(name => name.toLowerCase() === 'content-type')
  const text = body === undefined || typeof body === 'string' || secretRef.safeParse(body).success
  return !text && !told ? { 'content-type': 'application/json' } : {}
}

const expected = ({ expect_status }: Call, status: number): boolean =>
  expect_status?.includes(status) ?? (status >= 200 && status < 300)

/** Firebreak cannot know what a request changes there. */
const probe = async ({ method, url }: Call): Promise<Probe> => ({
  state: 'unknown',
  evidence: `what ${method} ${url} changes there; it was sent, and its answer was not seen`,
})

export const request = defineOp(call, { effect, probe, byHand, undo: 'irreversible' })
