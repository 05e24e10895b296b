import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fleet } from '../../src/fleet/fleet.js'
import { loadFleet } from '../../src/fleet/load.js'
import { sshHostOf } from '../../src/fleet/ssh-host.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fb-fleet-ssh-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ fleet'

/** The shipped fleet, with that `admin` and those lines more. */
const load = (admin: string, more = '') => {
  const file = path.join(folder, 'fleet.yaml')
  const shipped = readFileSync('runbooks/fleet.yaml', 'utf8')
  writeFileSync(file, `${shipped.replace('tcp://{private_ip}:9999', admin)}\n${more}\n`)
  return loadFleet(file)
}

const loaded = async (admin: string, more?: string): Promise<Fleet> => {
  const { fleet, diagnostics } = await load(admin, more)
  return fleet ?? expect.fail(JSON.stringify(diagnostics))
}

const adminOf = (fleet: Fleet) => fleet.clusters['us-east-c1']?.proxies.admin

describe('the way by ssh in a fleet file', () => {
  it('is its own folder’s files, and keys as they are', async () => {
    const more = `ssh: { user: ops, port: 2222, config: ssh_config, known_hosts: /etc/fleet/hosts, host_ca: "${KEY}" }`
    expect((await loaded('tcp://{private_ip}:9999', more)).ssh).toEqual({
      user: 'ops',
      port: 2222,
      config: path.join(folder, 'ssh_config'),
      knownHosts: '/etc/fleet/hosts',
      hostCas: [KEY],
    })
  })

  it('may have several authorities, or none', async () => {
    const two = await loaded('tcp://{private_ip}:9999', `ssh: { host_ca: ["${KEY}", "${KEY}"] }`)
    expect(two.ssh?.hostCas).toEqual([KEY, KEY])
    expect((await loaded('tcp://{private_ip}:9999', 'ssh: { user: ops }')).ssh).toEqual({
      user: 'ops',
      hostCas: [],
    })
  })

  it.each([
    ['ssh://{private_ip}/run/a.sock', 'ssh://ops@{private_ip}:2222/run/a.sock'],
    ['ssh://me@{private_ip}/run/a.sock', 'ssh://me@{private_ip}:2222/run/a.sock'],
    ['ssh://me@{private_ip}:22/run/a.sock', 'ssh://me@{private_ip}:22/run/a.sock'],
    ['tcp://{private_ip}:9999', 'tcp://{private_ip}:9999'],
  ])('makes the address %s whole', async (admin, whole) => {
    expect(adminOf(await loaded(admin, 'ssh: { user: ops, port: 2222 }'))).toBe(whole)
  })

  it('leaves an address as it is written where it says nothing', async () => {
    expect(adminOf(await loaded('ssh://{private_ip}/run/a.sock'))).toBe('ssh://{private_ip}/run/a.sock')
  })

  it.each([
    ['ssh://{private_ip}/run/a.sock', 'ssh: { user: "-oProxyCommand=x" }', /name of a user/],
    ['ssh://{private_ip}/run/a.sock', 'ssh: { known_hosts: ~/.ssh/known_hosts }', /`~` is not known/],
    ['ssh://{private_ip}/run/a.sock', 'ssh: { host_ca: "/etc/ssh/ca.pub" }', /public key on one line/],
    [
      'ssh://{private_ip}/run/a.sock',
      'ssh: { host_ca: "ssh-ed25519 AAAA x\\n* AAAA" }',
      /public key on one line/,
    ],
    ['ssh://{private_ip}/run/a.sock', 'ssh: { identity: x }', /unknown|no key|`identity`/],
    ['ssh://{private_ip}', '', /ssh:\/\/…\/PATH/],
    ['ssh://{private_ip}/run/%h.sock', '', /ssh:\/\/…\/PATH/],
    ['ssh://{private_ip}/run/a.sock', 'log: { throttle: [x] }', /restore/],
  ])('%s with %s is refused', async (admin, more, message) => {
    const { fleet, diagnostics } = await load(admin, more)
    expect(fleet).toBeUndefined()
    expect(JSON.stringify(diagnostics)).toMatch(message)
  })
})

describe('where ssh finds the host of a target', () => {
  const data = 'tcp://10.0.0.7:11211'

  it.each([
    [
      'as its runtime API is reached',
      { admin: 'ssh://me@10.0.0.9:22/run/a.sock', data },
      'ssh://me@10.0.0.9:22',
    ],
    [
      'by its private address',
      { admin: 'tcp://10.0.0.9:9', privateIp: '10.0.0.8', data },
      'ssh://ops@10.0.0.8:2222',
    ],
    ['by its data path', { data }, 'ssh://ops@10.0.0.7:2222'],
    ['by its data path, of IPv6', { data: 'tcp://[fd00::1]:1' }, 'ssh://ops@[fd00::1]:2222'],
    ['nowhere', { data: 'unix:/run/m.sock' }, undefined],
  ])('is %s', (_, target, host) => {
    expect(sshHostOf(target, { ssh: { user: 'ops', port: 2222, hostCas: [] } })).toBe(host)
  })
})
