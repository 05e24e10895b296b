import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DescribeNetworkAclsCommand } from '@aws-sdk/client-ec2'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { tagFor, tagKey } from '../../src/actions/ip-filter/acl-tag.js'
import { entryOf } from '../../src/actions/ip-filter/mechanisms/network-acl.js'
import type { Ec2 } from '../../src/providers/contract.js'
import { createProviders } from '../../src/providers/providers.js'
import type { RunningHaproxy } from '../conformance/haproxy-suite.js'
import { type Moto, startMoto } from '../conformance/moto.js'
import { startHaproxy } from '../conformance/real-haproxy.js'
import { type RunningSshd, startSshd } from '../conformance/real-sshd.js'
import { eachService, MOTO } from '../conformance/service.js'
import { prefixOf } from '../fleet/addresses/prefix-of.js'
import { okOf, testWire } from '../providers/wire.js'
import { firebreak, type Machine, newMachine } from './firebreak.js'
import { deniedAt, LATER, OVER, recordFor, registerOf, standAt } from './standing.js'

type Site = { readonly proxy: RunningHaproxy; readonly sshd: RunningSshd }

const startSite = async (): Promise<Site> => ({
  proxy: await startHaproxy('unix')(),
  sshd: await startSshd(),
})

eachService(
  'expire, over ssh',
  [{ name: 'HAProxy', binary: 'haproxy', also: 'sshd', start: startSite }],
  service => {
    let site: Site
    let machine: Machine
    beforeAll(async () => {
      site = await service.start()
    })
    afterAll(async () => {
      await site?.proxy.stop()
      await site?.sshd.stop()
    })
    beforeEach(() => {
      machine = newMachine()
      mkdirSync(path.join(machine.cwd, 'runbooks'))
    })

    /** What the operator's ssh needs to be told is there; a cluster is right, and the guardrails are not. */
    const writeBrokenFleet = (): void => {
      const fleet = `clusters:
  edge:
    proxies:
      kind: haproxy
      discover: { static: [{ id: p1 }] }
      admin: unix:/nowhere
      data: tcp://127.0.0.1:1
      frontends: [f]
      min_healthy: 0
guardrails: { max_unavailable_proxies: many }
ssh: { config: ${site.sshd.settings.config} }
`
      writeFileSync(path.join(machine.cwd, 'runbooks', 'fleet.yaml'), fleet)
    }

    it('by the ssh settings of a fleet file that is broken elsewhere', async () => {
      writeBrokenFleet()
      const { proxy, sshd } = site
      await standAt(machine, proxy, {
        filter: 'f-far',
        prefixes: ['203.0.113.0/25'],
        place: {
          by: 'deny_list',
          proxy: 'p1',
          admin: proxy.admin.replace('unix:', `ssh://127.0.0.1:${sshd.port}`),
          list: proxy.denyList,
        },
      })
      const run = await firebreak(machine, ['expire'])
      expect(run).toMatchObject({ code: 0, stderr: '' })
      expect(run.stdout).toBe('removed f-far at p1: 203.0.113.0/25 (tcp 11211-11212)\n')
      expect(await deniedAt(proxy)).not.toContain('203.0.113.0/25')
      expect(registerOf(machine).all()).toEqual([])
    })

    const onHost = (filter: string, until: number) =>
      recordFor(site.proxy, {
        ...{ filter, until, prefixes: ['203.0.113.0/25'] },
        place: { by: 'nftables', proxy: 'p1', host: 'ssh://127.0.0.1:1' }, // nobody listens there
      })

    it('what a kernel ends by itself is struck out unseen once its time is over for long', async () => {
      okOf(registerOf(machine).write(onHost('f-old', OVER)))
      const run = await firebreak(machine, ['expire'])
      expect(run).toMatchObject({ code: 0, stderr: '' })
      expect(run.stdout).toMatch(
        /^ended f-old at p1: nobody could look \(.*\); its kernel has ended it by itself\n$/,
      )
      expect(registerOf(machine).all()).toEqual([])
    })

    it('and until then is said not to be known', async () => {
      okOf(registerOf(machine).write(onHost('f-new', Date.now() - 60_000)))
      const run = await firebreak(machine, ['expire'])
      expect(run).toMatchObject({ code: 1, stdout: '' })
      expect(run.stderr).toMatch(/^firebreak: f-new at p1 may still stand, nobody could look: /)
      expect(run.stderr).toContain('The kernel of p1 ends it by itself at ')
      expect(registerOf(machine).all()).toHaveLength(1)
    })
  },
)

eachService(
  'expire, in a network ACL',
  [{ name: 'Moto', binary: MOTO, start: () => startMoto('10.79') }],
  service => {
    let moto: Moto
    let ec2: Ec2
    let acl: string
    let machine: Machine
    beforeAll(async () => {
      moto = await service.start()
      ec2 = okOf(await createProviders(testWire({ awsUrl: moto.url })).ec2())
      const { NetworkAcls = [] } = await moto.client.send(new DescribeNetworkAclsCommand({}))
      acl = NetworkAcls[0]?.NetworkAclId ?? ''
    })
    afterAll(() => moto?.stop())
    beforeEach(() => {
      machine = newMachine()
    })
    afterEach(async () => {
      for (const { number } of (await look()).entries.filter(one => one.number < 100))
        okOf(await ec2.deleteNetworkAclEntry({ acl, number, direction: 'ingress' }))
    })

    const look = async () => okOf(await ec2.describeNetworkAcls([acl]))[0] ?? expect.fail('no ACL')
    const filterAt = (number: number, until: number) => ({
      filter: `f-${number}`,
      incident: '20261124-0412-kqzx',
      cluster: 'edge',
      place: { by: 'network_acl' as const, acl, region: 'us-east-1', number },
      scope: { protocol: 'tcp' as const, ports: { from: 11_211, to: 11_214 } },
      prefixes: [prefixOf('192.0.2.0/25')] as [ReturnType<typeof prefixOf>],
      until,
    })
    const stand = async (number: number, until: number): Promise<void> => {
      const filter = filterAt(number, until)
      okOf(await ec2.createNetworkAclEntry({ acl, entry: entryOf(filter) }))
      okOf(await ec2.createTags([acl], { [tagKey(number)]: tagFor(filter) }))
    }
    const expire = (...args: string[]) =>
      firebreak(machine, ['expire', ...args], {
        env: { AWS_ENDPOINT_URL: moto.url, AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' },
      })
    const numbers = async () => (await look()).entries.map(({ number }) => number).filter(one => one < 100)

    it('the record alone says where: no fleet file is there', async () => {
      await stand(1, LATER)
      okOf(registerOf(machine).write(filterAt(1, OVER)))
      const run = await expire()
      expect(run).toMatchObject({ code: 0, stderr: '' })
      expect(run.stdout).toBe(`removed f-1 at ${acl}/1: 192.0.2.0/25 (tcp 11211-11214)\n`)
      expect(await numbers()).toEqual([])
      expect(registerOf(machine).all()).toEqual([])
    })

    it('with the state folder lost: what is due goes by its tag, --all takes the rest', async () => {
      await stand(1, OVER)
      await stand(2, LATER)
      const from = ['--from-acl', acl, '--region', 'us-east-1']
      const listed = await expire(...from, '--list')
      expect(listed.stdout).toMatch(/^f-1 {2}OVERDUE by .*\n.*its entry is there\nf-2 {2}.* left /)
      expect((await expire(...from, '--dry-run')).stdout).toBe(
        `would remove f-1 at ${acl}/1: 192.0.2.0/25 (tcp 11211-11214)\n`,
      )
      expect(await numbers()).toHaveLength(2)
      expect(await expire(...from)).toMatchObject({
        code: 0,
        stdout: `removed f-1 at ${acl}/1: 192.0.2.0/25 (tcp 11211-11214)\n`,
        stderr: '',
      })
      expect(await numbers()).toEqual([2])
      expect(await expire(...from)).toMatchObject({ code: 0, stdout: '', stderr: '' })
      expect((await expire(...from, '--all')).stdout).toMatch(/^removed f-2 at [^\n]*\n$/)
      expect(await numbers()).toEqual([])
      expect(Object.keys((await look()).tags).filter(key => key.startsWith('firebreak:'))).toEqual([])
    })
  },
)
