import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  firebreak,
  incidentsOf,
  journalOf,
  type Machine,
  newMachine,
  ofType,
  type Run,
  theOnly,
} from './firebreak.js'
import { rehearseAndRun, writeRunbooks } from './rehearsed.js'

/** With characters that base64, URLs and JSON each write in their own way. */
const CANARY = 'canary/7f3a+9b?c="d~e>f'
const SHORT = 'k9-x2'
const IN_ENV = { FIREBREAK_SECRET_API_TOKEN: CANARY }

/** What it looks like when it is written down, by encoders that firebreak has no part in. */
const tracesOf = (value: string): ReadonlyMap<string, string> => {
  const inside = (before: string, encoding: 'base64' | 'base64url') =>
    // Without its first and last four characters, which depend on what stands around it.
    Buffer.from(`${before}${value}`)
      .toString(encoding)
      .slice(before.length === 0 ? 0 : 4, -4)
  return new Map([
    ['raw', value],
    ['escaped as in JSON', JSON.stringify(value).slice(1, -1)],
    ['percent-encoded', encodeURIComponent(value)],
    ...['', 'x', 'xx'].flatMap((before): [string, string][] => [
      [`base64 after ${before.length} bytes`, inside(before, 'base64')],
      [`base64url after ${before.length} bytes`, inside(before, 'base64url')],
    ]),
  ])
}

const TRACES = tracesOf(CANARY)

const tracesIn = (text: string): string[] =>
  [...TRACES].filter(([, written]) => text.includes(written)).map(([form]) => form)

const filesUnder = (dir: string): string[] =>
  readdirSync(dir).flatMap(name => {
    const file = path.join(dir, name)
    return statSync(file).isDirectory() ? filesUnder(file) : [file]
  })

/** All that firebreak has written, to any file or stream. */
const recordOf = (machine: Machine, runs: readonly Run[]): (readonly [place: string, text: string])[] => {
  const files = filesUnder(machine.state)
  expect(files.length).toBeGreaterThan(0)
  return [
    ...files.map(file => [file, readFileSync(file, 'latin1')] as const),
    ...runs.flatMap(({ stdout, stderr }) => [['stdout', stdout] as const, ['stderr', stderr] as const]),
  ]
}

const expectNoTrace = (machine: Machine, runs: readonly Run[]): void => {
  const found = recordOf(machine, runs).map(([place, text]) => ({ place, forms: tracesIn(text) }))
  expect(found.filter(({ forms }) => forms.length > 0)).toEqual([])
}

type Received = { readonly authorization: string | undefined; readonly body: string }

/** An endpoint on loopback that keeps what it gets. */
const endpoint = async (
  reply: (response: http.ServerResponse, received: Received) => void,
): Promise<{ readonly url: string; readonly received: Received[] }> => {
  const received: Received[] = []
  const server = http.createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { authorization } = request.headers
    received.push({ authorization, body })
    reply(response, { authorization, body })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received }
}

/**
 * Reads the secret from its stdin, shows that it has it by its hash, and counts the processes of this machine in
 * whose arguments it stands.
 */
const CHILD = `
const fs = require('fs')
const secret = fs.readFileSync(0, 'utf8')
const read = pid => { try { return fs.readFileSync('/proc/' + pid + '/cmdline', 'utf8') } catch { return '' } }
const lines = fs.readdirSync('/proc').filter(name => /^\\d+$/.test(name)).map(read)
if (process.argv[2] === 'fail') {
  console.error('refused: ' + secret + ' ' + Buffer.from('user:' + secret).toString('base64'))
  process.exit(1)
}
console.log(JSON.stringify({
  hash: require('crypto').createHash('sha256').update(secret).digest('hex'),
  same: process.env.TOKEN === secret,
  own: read('self').length > 0,
  seen: lines.filter(line => line.includes(secret)).length,
  parent: Object.keys(process.env).filter(name => name.startsWith('FIREBREAK_SECRET')),
}))
console.log(secret, encodeURIComponent(secret), JSON.stringify({ secret }))
`

const childOf = ({ cwd }: Machine): string => path.join(cwd, 'child.cjs')

const sendStep = (url: string): string => `
  - id: send
    action: http.request
    with:
      method: POST
      url: ${url}
      headers: { authorization: { prefix: "Bearer ", secret: api-token } }
      body: { token: { secret: api-token } }
    on_failure: { goto: bad }`

const runStep = (machine: Machine, ...args: readonly string[]): string => `
  - id: run
    action: command.run
    with:
      argv: ${JSON.stringify([process.execPath, childOf(machine), ...args])}
      stdin: { secret: api-token }
      env: { TOKEN: { secret: api-token } }
    on_failure: { goto: bad }`

const machineWith = (steps: (machine: Machine) => string): Machine => {
  const machine = newMachine()
  writeRunbooks(machine, {
    name: 'outside',
    title: 'Tell the outside',
    steps: `${steps(machine)}
  - id: good
    end: resolved
  - id: bad
    end: unresolved
`,
    commands: [[process.execPath, childOf(machine)]],
  })
  writeFileSync(childOf(machine), CHILD)
  return machine
}

describe('a secret that is used', () => {
  it.each([[[]], [['--json']]])('arrives, and is seen nowhere else (%j)', async options => {
    const { url, received } = await endpoint(response => response.end('done'))
    const machine = machineWith(one => `${sendStep(url)}${runStep(one)}`)
    const { runs, live, id } = await rehearseAndRun(machine, 'outside', IN_ENV, ...options)
    expect(live.code, live.stderr).toBe(0)
    // Once, and so not in the rehearsal.
    expect(received).toEqual([{ authorization: `Bearer ${CANARY}`, body: JSON.stringify({ token: CANARY }) }])
    const [, ran] = ofType(journalOf(machine, id), 'op.finished')
    const { stdout = '' } = (ran?.data.result ?? {}) as { stdout?: string } // of command.run
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toEqual({
      hash: createHash('sha256').update(CANARY).digest('hex'),
      same: true,
      own: true,
      seen: 0,
      parent: [],
    })
    expect(stdout).toContain('[secret API_TOKEN] [secret API_TOKEN] {"secret":"[secret API_TOKEN]"}')
    expectNoTrace(machine, runs)
  })

  it('comes from a file as well', async () => {
    const { url, received } = await endpoint(response => response.end('done'))
    const machine = machineWith(() => sendStep(url))
    const folder = path.join(machine.dir, 'secrets')
    mkdirSync(folder)
    writeFileSync(path.join(folder, 'api-token'), `${CANARY}\n`)
    const { runs, live } = await rehearseAndRun(machine, 'outside', { FIREBREAK_SECRETS: folder })
    expect(live.code, live.stderr).toBe(0)
    expect(received.map(({ authorization }) => authorization)).toEqual([`Bearer ${CANARY}`])
    expectNoTrace(machine, runs)
  })

  it('stays a reference in what is planned, agreed to and done', async () => {
    const { url } = await endpoint(response => response.end('done'))
    const machine = machineWith(() => sendStep(url))
    const { id } = await rehearseAndRun(machine, 'outside', IN_ENV)
    const journal = journalOf(machine, id)
    const reference = { headers: { authorization: { prefix: 'Bearer ', secret: 'api-token' } } }
    expect(theOnly(journal, 'plan.made').data.plan?.changes[0]?.after).toMatchObject(reference)
    expect(theOnly(journal, 'op.started').data.args).toMatchObject(reference)
  })
})

describe('where something goes wrong', () => {
  it('an endpoint that fails and says back what it got does not show it', async () => {
    const { url, received } = await endpoint((response, { authorization = '', body }) => {
      const basic = Buffer.from(`user:${authorization.slice('Bearer '.length)}`).toString('base64')
      response
        .writeHead(500)
        .end(`bad token ${authorization} ${basic} ${encodeURIComponent(authorization)} ${body}`)
    })
    const machine = machineWith(() => sendStep(url))
    const { runs, live, id } = await rehearseAndRun(machine, 'outside', IN_ENV)
    expect(live.code).toBe(1)
    expect(received).toHaveLength(1)
    const { failure } = theOnly(journalOf(machine, id), 'op.failed').data
    expect(failure).toMatchObject({
      code: 'http.failed',
      message: expect.stringContaining('[secret API_TOKEN]'),
    })
    expectNoTrace(machine, runs)
  })

  it('a command that fails and says on stderr what it got does not show it', async () => {
    const machine = machineWith(one => runStep(one, 'fail'))
    const { runs, live, id } = await rehearseAndRun(machine, 'outside', IN_ENV)
    expect(live.code).toBe(1)
    const { failure } = theOnly(journalOf(machine, id), 'op.failed').data
    expect(failure).toMatchObject({
      code: 'command.failed',
      message: expect.stringContaining('refused: [secret'),
    })
    expectNoTrace(machine, runs)
  })

  it('a connection that is cut leaves the request in doubt, and does not show it', async () => {
    const { url, received } = await endpoint(response => response.destroy())
    const machine = machineWith(() => sendStep(url))
    const { runs, live, id } = await rehearseAndRun(machine, 'outside', IN_ENV)
    expect(live.code).toBe(4)
    expect(received).toHaveLength(1)
    expect(ofType(journalOf(machine, id), 'op.failed')).toEqual([])
    expect(ofType(journalOf(machine, id), 'question.asked').at(-1)?.data.question.kind).toBe('in-doubt')
    expectNoTrace(machine, runs)
  })

  it('a secret that is missing is named, and nothing is sent', async () => {
    const { url, received } = await endpoint(response => response.end())
    const machine = machineWith(() => sendStep(url))
    const { live, id } = await rehearseAndRun(machine, 'outside', {})
    expect(live.code).toBe(1)
    expect(received).toEqual([])
    const { failure } = theOnly(journalOf(machine, id), 'op.failed').data
    expect(failure).toMatchObject({
      code: 'secret.missing',
      next: expect.stringContaining('FIREBREAK_SECRET_API_TOKEN'),
    })
  })

  it('a secret that is too short to be kept out of sight is not used', async () => {
    const { url, received } = await endpoint(response => response.end())
    const machine = machineWith(() => sendStep(url))
    const { runs, live, id } = await rehearseAndRun(machine, 'outside', { FIREBREAK_SECRET_API_TOKEN: SHORT })
    expect(live.code).toBe(1)
    expect(received).toEqual([])
    expect(theOnly(journalOf(machine, id), 'op.failed').data.failure.code).toBe('secret.short')
    expect(recordOf(machine, runs).filter(([, text]) => text.includes(SHORT))).toEqual([])
  })

  it('a value that somebody wrote into the runbook is redacted, and not used', async () => {
    const { url, received } = await endpoint(response => response.end())
    const written = sendStep(url).replace('{ prefix: "Bearer ", secret: api-token }', `'Bearer ${CANARY}'`)
    const machine = machineWith(() => written)
    const run = await firebreak(machine, ['run', 'outside', '--dry-run', '--auto'], { env: IN_ENV })
    expect(received).toEqual([])
    const [id = ''] = incidentsOf(machine)
    expect(theOnly(journalOf(machine, id), 'plan.made').data.failure?.code).toBe('input.invalid')
    expectNoTrace(machine, [run])
  })
})

describe('what is said back', () => {
  it('of the arguments of firebreak itself does not show it', async () => {
    const machine = machineWith(runStep)
    const { code, stdout, stderr } = await firebreak(machine, ['status', `no-${CANARY}`], { env: IN_ENV })
    expect(code).toBe(2)
    expect(stderr).toContain('[secret API_TOKEN]')
    expect(tracesIn(stdout + stderr)).toEqual([])
  })
})

describe('the way it is looked for', () => {
  it.each([...TRACES])('finds it %s', (form, written) => {
    expect(tracesIn(`before ${written} after`)).toContain(form)
  })

  it('finds it in the header of a user of any name', () => {
    for (const user of ['a:', 'ab:', 'abc:'])
      expect(tracesIn(Buffer.from(`${user}${CANARY}`).toString('base64'))).not.toEqual([])
  })
})
