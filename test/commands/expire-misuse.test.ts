import { describe, expect, it } from 'vitest'
import type { ExpireOptions } from '../../src/commands/expire/contract.js'
import { misuse } from '../../src/commands/expire/misuse.js'

const WRONG: [names: string[], options: ExpireOptions, next: RegExp][] = [
  [[], { all: true }, /--from-acl/],
  [[], { region: 'us-east-1' }, /--from-acl/],
  [['f-1'], { fromAcl: 'acl-1' }, /leave them out/],
  [[], { fromAcl: 'acl-1', forget: true }, /leave them out/],
  [[], { forget: true }, /--forget NAME/],
  [['f-1'], { forget: true, list: true }, /--forget NAME/],
  [['f-1'], { forget: true, dryRun: true }, /--forget NAME/],
  [[], { list: true, dryRun: true }, /choose one/],
]

const RIGHT: [names: string[], options: ExpireOptions][] = [
  [[], {}],
  [['f-1', 'f-2'], { json: true }],
  [['f-1'], { list: true }],
  [['f-1'], { dryRun: true }],
  [['f-1'], { forget: true }],
  [[], { fromAcl: 'acl-1', region: 'us-east-1', all: true, dryRun: true }],
]

describe('options of expire', () => {
  it.each(WRONG)('for %j, %j are refused with what to do instead', (names, options, next) => {
    expect(misuse(names, options)).toMatchObject({ code: 'usage', next: expect.stringMatching(next) })
  })

  it.each(RIGHT)('for %j, %j go together', (names, options) => {
    expect(misuse(names, options)).toBeUndefined()
  })
})
