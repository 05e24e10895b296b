import { describe, expect, it } from 'vitest'
import { behaviour } from '../../src/actions/command-run/behaviour.js'
import { commandRun } from '../../src/actions/command-run/schema.js'
import type { Hands } from '../../src/actions/contract.js'
import type { JsonObject } from '../../src/domain/json.js'
import type { Plan } from '../../src/domain/plan.js'
import { fail, ok, type Result } from '../../src/domain/result.js'
import type { ProcessRequest, Ran } from '../../src/providers/contract.js'
import { isDoubtful } from '../../src/runtime/doubt.js'
import { failureOf, okOf } from '../engine/results.js'
import { handsOn, lookAt, newCloud } from './cloud.js'

const COMMANDS = [['systemctl', 'reload'], ['ss', '-s'], ['tee']]

const cloud = () => {
  const made = newCloud()
  const { guardrails } = made.fleet
  return { ...made, fleet: { ...made.fleet, guardrails: { ...guardrails, commands: COMMANDS } } }
}

const planOf = async (written: JsonObject) => behaviour.plan(commandRun.input.parse(written), lookAt(cloud()))

type Seen = { readonly hands: Hands; readonly ran: ProcessRequest[] }

/** A machine whose programs end like that. */
const machine = (end: Result<Ran> = ok({ exit: 0, stdout: 'fine', stderr: '' })): Seen => {
  const ran: ProcessRequest[] = []
  const hands = handsOn(cloud())
  const processes = {
    run: async (request: ProcessRequest) => {
      ran.push(request)
      return end
    },
  }
  const secret: Hands['secret'] = name =>
    name === 'key' ? ok('canary-value') : fail('secret.missing', `there is no secret ${name}`, 'set it')
  return { hands: { ...hands, secret, providers: { ...hands.providers, processes } }, ran }
}

const op = behaviour.ops.run!
const effect = (args: JsonObject, { hands }: Seen) => op.effect({ timeout: 1_000, ...args }, 'token', hands)

describe('a plan to run a command', () => {
  it('shows the command whole, and needs a person', async () => {
    const plan = okOf(await planOf({ argv: ['systemctl', 'reload', "it's"], timeout: '5s' }))
    expect(plan.changes).toEqual([
      {
        verb: 'run',
        resource: "systemctl reload 'it'\\''s'",
        before: null,
        after: { argv: ['systemctl', 'reload', "it's"], timeout: 5_000 },
      },
    ])
    expect(plan).toMatchObject({
      outside: true,
      atLeast: { level: 'operator' },
      confirm: 'systemctl',
      commands: ["systemctl reload 'it'\\''s'"],
      locks: [],
      blast: { cluster: null, irreversible: true },
    })
  })

  it('can be undone only by the command that it names for that', async () => {
    const plan = okOf(await planOf({ argv: ['ss', '-s'], undo: ['systemctl', 'reload', 'x'] }))
    expect(plan.blast.irreversible).toBe(false)
    expect(plan.undo).toEqual(['run systemctl reload x'])
  })

  it('keeps secrets as references', async () => {
    const plan = okOf(
      await planOf({ argv: ['tee'], stdin: { secret: 'key' }, env: { TOKEN: { secret: 'other-key' } } }),
    )
    expect(plan.changes[0]?.after).toMatchObject({
      stdin: { secret: 'key' },
      env: { TOKEN: { secret: 'other-key' } },
    })
    expect(plan.commands).toEqual([
      'printf %s "$FIREBREAK_SECRET_KEY" | TOKEN="$FIREBREAK_SECRET_OTHER_KEY" tee',
    ])
  })

  it.each([
    ['another program', { argv: ['rm', '-rf', '/'] }],
    ['another first argument', { argv: ['systemctl', 'stop', 'haproxy'] }],
    ['half a prefix', { argv: ['systemctl'] }],
    ['a word that only begins like the prefix', { argv: ['ss', '-sK'] }],
    ['the program by another path', { argv: ['/tmp/ss', '-s'] }],
    ['an undo that is not listed', { argv: ['ss', '-s'], undo: ['reboot'] }],
  ])('is refused with %s, and says what is listed', async (_, written) => {
    const failure = failureOf(await planOf(written))
    expect(failure.code).toBe('guardrail.refused')
    expect(failure.message).toContain('`systemctl reload`, `ss -s`, `tee`')
  })

  it('is refused where what is left of a redacted secret is written in it', async () => {
    const failure = failureOf(await planOf({ argv: ['tee', '[secret KEY]'] }))
    expect(failure).toMatchObject({ code: 'input.invalid', next: expect.stringContaining('{ secret: NAME }') })
  })
})

describe('the input of a command', () => {
  const refused = (written: JsonObject): string => {
    const parsed = commandRun.input.safeParse(written)
    return parsed.success
      ? expect.fail('it was taken')
      : parsed.error.issues.map(({ message }) => message).join()
  }

  it('has no secret in its arguments, because every process can read them', () => {
    expect(refused({ argv: ['tee', { secret: 'key' }] })).toMatch(/argv is readable by every process/)
    expect(refused({ argv: ['tee'], undo: [{ secret: 'key' }] })).toMatch(/argv is readable by every process/)
  })

  it.each(['PATH', 'LD_PRELOAD', 'NODE_OPTIONS', 'BASH_ENV', 'FIREBREAK_SECRET_X'])(
    'does not set %s: the guardrail would guard another program',
    name => {
      expect(refused({ argv: ['tee'], env: { [name]: 'x' } })).not.toBe('')
    },
  )

  it.each([
    ['no argument', { argv: [] }],
    ['a time-out that is none', { argv: ['tee'], timeout: '5' }],
    ['a time-out of days', { argv: ['tee'], timeout: '2d' }],
    ['a folder', { argv: ['tee'], cwd: '/' }],
    ['a secret without a name', { argv: ['tee'], stdin: { secret: '../x' } }],
  ])('with %s is refused', (_, written) => {
    expect(refused(written)).not.toBe('')
  })
})

describe('running it', () => {
  it('gives the values of secrets to the program alone', async () => {
    const seen = machine()
    const args = {
      argv: ['tee'],
      stdin: { secret: 'key' },
      env: { TOKEN: { prefix: 'Bearer ', secret: 'key' }, A: 'b' },
    }
    expect(okOf(await effect(args, seen))).toEqual({ exit: 0, stdout: 'fine', stderr: '' })
    expect(seen.ran).toEqual([
      { argv: ['tee'], stdin: 'canary-value', env: { TOKEN: 'Bearer canary-value', A: 'b' }, timeout: 1_000 },
    ])
  })

  it.each([
    ['stdin', { argv: ['tee'], stdin: { secret: 'gone' } }],
    ['env', { argv: ['tee'], env: { A: { secret: 'gone' } } }],
  ])('does not happen where the secret of its %s is missing', async (_, args) => {
    const seen = machine()
    expect(failureOf(await effect(args, seen)).code).toBe('secret.missing')
    expect(seen.ran).toEqual([])
  })

  it('does not happen where the fleet file of today no longer lists it', async () => {
    const seen = machine()
    expect(failureOf(await effect({ argv: ['reboot'] }, seen)).code).toBe('guardrail.refused')
    expect(seen.ran).toEqual([])
  })

  it('that ends with another code than 0 has failed, and that is known', async () => {
    const failure = failureOf(
      await effect({ argv: ['tee'] }, machine(ok({ exit: 2, stdout: '', stderr: 'no\nroom' }))),
    )
    expect(failure).toMatchObject({ code: 'command.failed', message: 'tee ended with 2: no room' })
    expect(isDoubtful(failure)).toBe(false)
  })

  it('whose end was not seen is in doubt, and nothing but a person can tell', async () => {
    const failure = failureOf(
      await effect({ argv: ['tee'] }, machine(fail('target.timeout', 'no end', 'look'))),
    )
    expect(isDoubtful(failure)).toBe(true)
    const probe = await op.probe({ argv: ['ss', '-s'], timeout: 1 }, 'token', machine().hands)
    expect(probe).toMatchObject({ state: 'unknown', evidence: expect.stringContaining('ss -s') })
  })
})

describe('taking it back', () => {
  const undo = (args: JsonObject) =>
    typeof op.undo === 'string' ? op.undo : op.undo({ timeout: 1, ...args }, null)

  it('runs the command that was declared for that, which is checked like any other', async () => {
    const [request] = undo({ argv: ['tee'], undo: ['ss', '-s'], env: { A: 'b' } })
    const back = typeof request === 'string' ? expect.fail(request) : request!
    expect(back).toMatchObject({ kind: 'run', target: 'ss', args: { argv: ['ss', '-s'], env: { A: 'b' } } })
    const seen = machine()
    okOf(await effect(back.args, seen))
    expect(seen.ran.map(({ argv }) => argv)).toEqual([['ss', '-s']])
  })

  it('is not possible where none was declared', () => {
    expect(undo({ argv: ['tee'] })).toMatch(/no command/)
  })
})

describe('applying it', () => {
  it('does what its plan shows, and nothing else', async () => {
    const draft = okOf(await planOf({ argv: ['tee'], stdin: { secret: 'key' } }))
    const plan: Plan = { ...draft, action: 'command.run', with: {}, digest: 'd' }
    const requests: unknown[] = []
    const applied = await behaviour.apply(plan, {
      op: async request => {
        requests.push(request)
        return ok({ exit: 0, stdout: 'x', stderr: '' })
      },
      all: async () => [],
    })
    expect(okOf(applied).output).toEqual({ exit: 0, stdout: 'x', stderr: '' })
    expect(requests).toEqual([{ kind: 'run', key: 'run', target: 'tee', args: plan.changes[0]?.after }])
  })

  it('knows no output where an operator said that it happened', async () => {
    const draft = okOf(await planOf({ argv: ['tee'] }))
    const plan: Plan = { ...draft, action: 'command.run', with: {}, digest: 'd' }
    const applied = okOf(await behaviour.apply(plan, { op: async () => ok(null), all: async () => [] }))
    expect(commandRun.output.parse(applied.output)).toEqual({ exit: 0, stdout: '', stderr: '' })
    expect(applied.summary).toContain('not known')
  })
})
