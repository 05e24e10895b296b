import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Draft, EventData } from '../../src/domain/event.js'
import { ok } from '../../src/domain/result.js'
import { EMPTY } from '../../src/engine/state.js'
import type { Journal } from '../../src/journal/contract.js'
import { createLedger } from '../../src/runtime/ledger.js'
import { createSecrets, secretsOf } from '../../src/runtime/secrets.js'
import { failureOf, okOf } from '../engine/results.js'
import { jumpingClock } from './process.js'

const CANARY = 'canary-7f3a/9+b'

const folderWith = (files: { readonly [name: string]: string }): string => {
  const dir = mkdtempSync(path.join(tmpdir(), 'fb-secrets-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text)
  return dir
}

describe('a secret', () => {
  it('comes from the variable of its name', () => {
    const { secret } = createSecrets({ FIREBREAK_SECRET_STATUS_PAGE: CANARY })
    expect(okOf(secret('status-page'))).toBe(CANARY)
    expect(okOf(secret('STATUS_PAGE'))).toBe(CANARY)
  })

  it('comes from the file of its name, without the line break at its end', () => {
    const { secret } = createSecrets({ FIREBREAK_SECRETS: folderWith({ 'status-page': `${CANARY}\n` }) })
    expect(okOf(secret('status-page'))).toBe(CANARY)
  })

  it('comes from the variable where both have it', () => {
    const folder = folderWith({ key: 'of-the-file' })
    const { secret } = createSecrets({ FIREBREAK_SECRET_KEY: CANARY, FIREBREAK_SECRETS: folder })
    expect(okOf(secret('key'))).toBe(CANARY)
  })

  it.each([
    ['no folder', {}],
    ['a folder without it', { FIREBREAK_SECRETS: '/nonexistent' }],
    ['an empty variable', { FIREBREAK_SECRET_API_KEY: '' }],
  ])('that is nowhere is missing, with the places where it could be: %s', (_, env) => {
    const failure = failureOf(createSecrets(env).secret('api-key'))
    expect(failure.code).toBe('secret.missing')
    expect(failure.next).toContain('FIREBREAK_SECRET_API_KEY')
    expect(failure.next).toContain('FIREBREAK_SECRETS')
  })

  it('that cannot be read says so', () => {
    const folder = folderWith({})
    const failure = failureOf(
      createSecrets({ FIREBREAK_SECRETS: path.dirname(folder) }).secret(path.basename(folder)),
    )
    expect(failure).toMatchObject({ code: 'secret.missing', message: expect.stringContaining('EISDIR') })
  })

  it.each(['../etc/passwd', 'a/b', '', '.hidden', '-x'])('cannot be named %j', name => {
    const { secret } = createSecrets({ FIREBREAK_SECRETS: '/' })
    expect(failureOf(secret(name)).code).toBe('input.invalid')
  })

  it('of fewer than 6 characters is refused, and neither shown nor looked for', () => {
    const { secret, redact } = createSecrets({ FIREBREAK_SECRET_PIN: '12345' })
    const failure = failureOf(secret('pin'))
    expect(failure.code).toBe('secret.short')
    expect(JSON.stringify(failure)).not.toContain('12345')
    expect(redact.text('port 12345')).toBe('port 12345')
  })
})

describe('what is known is redacted', () => {
  it('in the environment from the start, with the credentials of AWS', () => {
    const { redact } = createSecrets({
      FIREBREAK_SECRET_KEY: CANARY,
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG',
      AWS_SESSION_TOKEN: 'IQoJb3JpZ2luX2VjEXAMPLE',
      AWS_REGION: 'us-east-1',
    })
    expect(redact.text(`${CANARY} wJalrXUtnFEMI/K7MDENG IQoJb3JpZ2luX2VjEXAMPLE us-east-1`)).toBe(
      '[secret KEY] [secret AWS_SECRET_ACCESS_KEY] [secret AWS_SESSION_TOKEN] us-east-1',
    )
  })

  it('from when a file was read, also by whoever asked before', () => {
    const secrets = createSecrets({ FIREBREAK_SECRETS: folderWith({ key: CANARY }) })
    const { text, tree } = secrets.redact
    expect(text(CANARY)).toBe(CANARY)
    okOf(secrets.secret('key'))
    expect(text(CANARY)).toBe('[secret key]')
    expect(tree({ a: CANARY })).toEqual({ a: '[secret key]' })
  })

  it('by all that share an environment', () => {
    const env = { FIREBREAK_SECRETS: folderWith({ key: CANARY }) }
    okOf(secretsOf(env).secret('key'))
    expect(secretsOf(env).redact.text(CANARY)).toBe('[secret key]')
    expect(secretsOf({ ...env }).redact.text(CANARY)).toBe(CANARY)
  })
})

describe('the ledger', () => {
  it('has no secret in what it writes, tells or keeps', async () => {
    const written: unknown[] = []
    const told: unknown[] = []
    const journal: Journal = {
      append: async event => {
        written.push(event)
        return ok(JSON.stringify(event))
      },
      head: () => '',
      close: async () => {},
    }
    const { redact } = createSecrets({ FIREBREAK_SECRET_KEY: CANARY })
    const clock = jumpingClock()
    const notify = (notice: unknown) => void told.push(notice)
    const ledger = createLedger({ journal, clock, state: EMPTY, notify, attended: true, redact: redact.tree })
    await ledger.append(opening(`Restart with ${CANARY}`))
    const all = JSON.stringify([written, told, ledger.state()])
    expect(all).not.toContain(CANARY)
    expect(ledger.state().opened?.definition.title).toBe('Restart with [secret KEY]')
  })
})

const opening = (title: string): Draft<'incident.opened'> => {
  const definition: EventData['incident.opened']['definition'] = {
    name: 'test',
    title,
    hash: 'h',
    severity: 'sev2',
    inputs: {},
    steps: [{ id: 'over', kind: 'end', title: 'Over', outcome: 'resolved' }],
  } as never // as much of a runbook as opening an incident looks at
  return {
    type: 'incident.opened',
    data: {
      definition,
      inputs: {},
      mode: { fleet: 'real', effects: 'applied' },
      posture: 'conservative',
      tool: '1',
      fleet: { file: '/fleet.yaml', namespace: 'n', guardrailsHash: 'g' },
    },
  }
}
