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
    ['ssh://10.0.0.1/run/admin.sock', { ssh: { host: '10.0.0.1' }, path: '/run/admin.sock' }],
    ['ssh://ops@p1.internal/s', { ssh: { host: 'p1.internal', user: 'ops' }, path: '/s' }],
    ['ssh://ops@p1:2222/s', { ssh: { host: 'p1', user: 'ops', port: 2222 }, path: '/s' }],
    ['ssh://[fd00::1]:2222/s', { ssh: { host: 'fd00::1', port: 2222 }, path: '/s' }],
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
    'ssh://10.0.0.1',
    'ssh://10.0.0.1:0/s',
    'ssh://10.0.0.1:65536/s',
    'ssh://-oProxyCommand=touch/s',
    'ssh://-l@10.0.0.1/s',
    'ssh://a@b@10.0.0.1/s',
    'ssh://{private_ip}/s',
    'ssh://10.0.0.1/a:b',
    'ssh://10.0.0.1/%h',
    'ssh://10.0.0.1/${HOME}',
    'ssh://10.0.0.1/a b',
    '',
  ])('"%s" leads nowhere, and says so', url => {
    expect(failureOf(resolveUrl(url))).toMatchObject({ code: 'target.refused', kind: 'environment' })
  })
})
