import { describe, expect, it } from 'vitest'
import type { Hands } from '../../src/actions/contract.js'
import { behaviour } from '../../src/actions/http-request/behaviour.js'
import { httpRequest } from '../../src/actions/http-request/schema.js'
import type { JsonObject } from '../../src/domain/json.js'
import type { Plan } from '../../src/domain/plan.js'
import { fail, ok, type Result } from '../../src/domain/result.js'
import type { HttpRequest, HttpResponse } from '../../src/providers/contract.js'
import { isDoubtful } from '../../src/runtime/doubt.js'
import { failureOf, okOf } from '../engine/results.js'
import { handsOn, lookAt, newCloud } from './cloud.js'

const URL_ = 'https://status.example.com/v1/incidents?x=1'
const POST = { method: 'POST', url: URL_ }

const planOf = async (written: JsonObject) =>
  behaviour.plan(httpRequest.input.parse(written), lookAt(newCloud()))

type Seen = { readonly hands: Hands; readonly sent: HttpRequest[] }

/** A server that answers like that. */
const server = (answer: Result<HttpResponse> = ok({ status: 201, body: 'made' })): Seen => {
  const sent: HttpRequest[] = []
  const hands = handsOn(newCloud())
  const http = {
    send: async (request: HttpRequest) => {
      sent.push(request)
      return answer
    },
  }
  const secret: Hands['secret'] = name =>
    name === 'key' ? ok('canary"value') : fail('secret.missing', `there is no secret ${name}`, 'set it')
  return { hands: { ...hands, secret, providers: { ...hands.providers, http } }, sent }
}

const op = behaviour.ops.request!
const effect = (args: JsonObject, { hands }: Seen) =>
  op.effect({ ...POST, timeout: 1_000, ...args }, 'token', hands)

describe('a plan to send a request', () => {
  it('shows the request whole, with references for secrets, and cannot be undone', async () => {
    const headers = { authorization: { prefix: 'Bearer ', secret: 'status-page' } }
    const plan = okOf(
      await planOf({ ...POST, headers, body: { title: "it's", token: { secret: 'key' } }, timeout: '5s' }),
    )
    expect(plan.changes).toEqual([
      {
        verb: 'request',
        resource: `POST ${URL_}`,
        before: null,
        after: { ...POST, headers, body: { title: "it's", token: { secret: 'key' } }, timeout: 5_000 },
      },
    ])
    expect(plan).toMatchObject({
      outside: true,
      atLeast: { level: 'operator' },
      confirm: 'status.example.com',
      locks: [],
      warnings: [],
      blast: { cluster: null, irreversible: true },
    })
    expect(plan.commands).toEqual([
      `curl -X POST -H 'authorization: Bearer '"$FIREBREAK_SECRET_STATUS_PAGE" --data-binary '{"title":"it'\\''s","token":{"secret":"key"}}' '${URL_}'`,
    ])
  })

  it.each([
    ['http://10.0.0.1/x', 1],
    ['http://127.0.0.1:8080/x', 0],
    ['http://localhost/x', 0],
    ['https://10.0.0.1/x', 0],
  ])('warns where a secret would go to %s in the clear', async (url, warnings) => {
    const plan = okOf(await planOf({ method: 'POST', url, body: { secret: 'key' } }))
    expect(plan.warnings).toHaveLength(warnings)
  })

  it('is refused where what is left of a redacted secret is written in it', async () => {
    expect(failureOf(await planOf({ ...POST, body: 'x [secret KEY]' })).code).toBe('input.invalid')
  })
})

describe('the input of a request', () => {
  it.each([
    ['a GET: it is for changes', { ...POST, method: 'GET' }],
    ['an address that is none', { ...POST, url: 'status.example.com' }],
    ['an address of a file', { ...POST, url: 'file:///etc/passwd' }],
    ['a password in the address', { ...POST, url: 'https://u:p@example.com/' }],
    ['a header that is none', { ...POST, headers: { 'a b': 'x' } }],
    ['a header that follows from the request', { ...POST, headers: { 'Content-Length': '1' } }],
    ['a secret without a name in a header', { ...POST, headers: { a: { secret: '' } } }],
    ['a secret without a name deep in its body', { ...POST, body: { a: [{ secret: '../x' }] } }],
    ['a status that is none', { ...POST, expect_status: [20] }],
    ['something unknown', { ...POST, follow: true }],
  ])('is refused with %s', (_, written) => {
    expect(httpRequest.input.safeParse(POST).success).toBe(true)
    expect(httpRequest.input.safeParse(written).success).toBe(false)
  })
})

describe('sending it', () => {
  it('puts the values of secrets into headers, and anywhere into a body', async () => {
    const seen = server()
    const args = {
      headers: { authorization: { prefix: 'Bearer ', secret: 'key' }, 'x-a': 'b' },
      body: { list: [{ secret: 'key' }], secret: 'not a reference', more: 1 },
    }
    expect(okOf(await effect(args, seen))).toEqual({ status: 201, body: 'made' })
    const [request] = seen.sent
    expect(request).toMatchObject({ ...POST, timeout: 1_000 })
    expect(request?.headers).toEqual({
      authorization: 'Bearer canary"value',
      'x-a': 'b',
      'content-type': 'application/json',
    })
    expect(JSON.parse(request?.body ?? '')).toEqual({
      list: ['canary"value'],
      secret: 'not a reference',
      more: 1,
    })
  })

  it.each([
    ['a text', 'hello', 'hello'],
    ['a secret', { secret: 'key' }, 'canary"value'],
  ])('sends %s as it is', async (_, body, written) => {
    const seen = server()
    okOf(await effect({ body }, seen))
    expect(seen.sent[0]).toMatchObject({ body: written, headers: {} })
  })

  it('lets a header say what the body is', async () => {
    const seen = server()
    okOf(await effect({ body: [1], headers: { 'Content-Type': 'application/vnd.x+json' } }, seen))
    expect(seen.sent[0]?.headers).toEqual({ 'Content-Type': 'application/vnd.x+json' })
  })

  it.each([
    ['a header', { headers: { a: { secret: 'gone' } } }],
    ['its body', { body: { deep: [{ secret: 'gone' }] } }],
  ])('does not happen where the secret of %s is missing', async (_, args) => {
    const seen = server()
    expect(failureOf(await effect(args, seen)).code).toBe('secret.missing')
    expect(seen.sent).toEqual([])
  })

  it.each([
    [200, undefined, true],
    [299, undefined, true],
    [302, undefined, false],
    [500, undefined, false],
    [409, [201, 409], true],
    [200, [201, 409], false],
  ])('that is answered %d where %s is expected: %s', async (status, expected, good) => {
    const args = expected === undefined ? {} : { expect_status: expected }
    const result = await effect(args, server(ok({ status, body: 'said' })))
    expect(result.ok).toBe(good)
    if (result.ok) return
    expect(result.failure).toMatchObject({
      code: 'http.failed',
      message: expect.stringContaining(`${status}: said`),
    })
    expect(isDoubtful(result.failure)).toBe(false)
  })

  it('whose answer was not seen is in doubt, and nothing but a person can tell', async () => {
    const failure = failureOf(await effect({}, server(fail('target.protocol', 'cut off', 'look'))))
    expect(isDoubtful(failure)).toBe(true)
    const probe = await op.probe({ ...POST, timeout: 1 }, 'token', server().hands)
    expect(probe).toMatchObject({ state: 'unknown', evidence: expect.stringContaining(URL_) })
  })

  it('cannot be taken back', () => {
    expect(op.undo).toBe('irreversible')
  })
})

describe('applying it', () => {
  it('does what its plan shows, and nothing else', async () => {
    const draft = okOf(await planOf({ ...POST, body: { secret: 'key' } }))
    const plan: Plan = { ...draft, action: 'http.request', with: {}, digest: 'd' }
    const requests: unknown[] = []
    const applied = await behaviour.apply(plan, {
      op: async request => {
        requests.push(request)
        return ok({ status: 201, body: 'made' })
      },
      all: async () => [],
    })
    expect(okOf(applied).output).toEqual({ status: 201, body: 'made' })
    expect(requests).toEqual([
      { kind: 'request', key: 'request', target: 'status.example.com', args: plan.changes[0]?.after },
    ])
  })
})
