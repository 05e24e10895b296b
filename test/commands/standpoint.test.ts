import { describe, expect, it } from 'vitest'
import { standpointOf } from '../../src/commands/support/standpoint.js'

describe('from where requests come', () => {
  it('is said by sshd: the operator first, and at which address of this machine', () => {
    const { operator, here } = standpointOf({ SSH_CONNECTION: '198.51.100.9 51000 192.0.2.1 22' })
    expect(operator).toBe('198.51.100.9')
    expect(here).toContain('192.0.2.1')
  })

  it('is no zone: that means something on one machine only', () => {
    const { operator, here } = standpointOf({ SSH_CONNECTION: 'fe80::9%eth0 51000 fe80::1%eth0 22' })
    expect(operator).toBe('fe80::9')
    expect(here).toContain('fe80::1')
  })

  it.each([undefined, ''])('is not known of the operator where sshd says nothing (%j)', said => {
    expect(standpointOf({ SSH_CONNECTION: said })).not.toHaveProperty('operator')
  })
})
