import { describe, expect, it } from 'vitest'
import { limitFor } from '../../src/fleet/guardrails.js'
import { fleetNamespace } from '../../src/fleet/namespace.js'
import { fillTemplate, templateFields } from '../../src/fleet/template.js'

describe('the namespace of a fleet', () => {
  it('is its account and region', () => {
    expect(fleetNamespace({ account: '123456789012', region: 'us-east-1', file: 'a' })).toBe(
      '123456789012-us-east-1',
    )
  })

  it('is else made of its file, however that is written', () => {
    const named = fleetNamespace({ file: 'runbooks/../runbooks/fleet.yaml', account: '123456789012' })
    expect(named).toMatch(/^file-[0-9a-f]{16}$/)
    expect(fleetNamespace({ file: 'runbooks/fleet.yaml' })).toBe(named)
    expect(fleetNamespace({ file: 'other/fleet.yaml' })).not.toBe(named)
  })
})

describe('a limit', () => {
  const limit = { conservative: 1, aggressive: 3 }
  it.each([
    ['conservative', undefined, 1],
    ['aggressive', undefined, 3],
    ['aggressive', 2, 2],
    ['aggressive', 9, 3],
    ['conservative', 0, 0],
  ] as const)('%s, with %s asked for, is %s', (posture, asked, expected) => {
    expect(limitFor(limit, posture, asked)).toBe(expected)
  })
})

describe('a template', () => {
  it('names its fields', () => {
    expect(templateFields('ssh://{private_ip}/run/{id}.sock')).toEqual(['private_ip', 'id'])
    expect(templateFields('tcp://10.0.0.1:1')).toEqual([])
  })

  it('is filled in, all at once, with nothing but fields', () => {
    expect(fillTemplate('{a}-{b}-{a}', { a: '{b}', b: '1' })).toBe('{b}-1-{b}')
    expect(fillTemplate('{toString}-{none}', { none: undefined })).toBe('{toString}-{none}')
  })
})
