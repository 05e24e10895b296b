import { describe, expect, it } from 'vitest'
import { resolveUrl } from '../../src/providers/endpoint.js'
import { failureOf } from './wire.js'

describe('a URL of the fleet file', () => {
  it.each([
    ['tcp://10.0.0.1:9999', { host: '10.0.0.1', port: 9999 }],
    ['tcp://proxy-1.internal:11211', { host: 'proxy-1.internal', port: 11211 }],
    ['tcp://[fd00::1]:11211', { host: 'fd00::1', port: 11211 }],
    ['unix:/run/haproxy/admin.sock', { path: '/run/haproxy/admin.sock' }],
    ['unix:///run/haproxy/admin.sock', { path: '/run/haproxy/admin.sock' }],
    ['unix:/a folder/admin.sock', { path: '/a folder/admin.sock' }],
  ])('%s leads somewhere', (url, endpoint) => {
    expect(resolveUrl(url)).toEqual({ ok: true, value: endpoint })
  })

  it.each([
    'tcp://10.0.0.1',
    'tcp://10.0.0.1:0',
    'tcp://10.0.0.1:65536',
    'tcp://:1',
    'tcp://fd00::1:11211',
    'unix:',
    'http://x:1',
    '',
  ])('"%s" leads nowhere, and says so', url => {
    expect(failureOf(resolveUrl(url))).toMatchObject({ code: 'target.refused', kind: 'environment' })
  })

  it('says that ssh is not supported yet', () => {
    expect(failureOf(resolveUrl('ssh://10.0.0.1/run/haproxy/admin.sock')).message).toContain('through ssh yet')
  })
})
