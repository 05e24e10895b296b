import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclEntryCommand,
  DeleteTagsCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { networkAclOf } from '../conformance/moto-network-acl.js'
import { eachService, MOTO } from '../conformance/service.js'
import { agreed, applying, carriedOut, filterOf, takenBack } from './agreed.js'
import { firebreak, journalOf, type Machine, newMachine, type Run } from './firebreak.js'
import { installed } from './installed.js'
import { type MotoFleet, startMotoFleet, TAGS } from './moto-fleet.js'
import { openTerminal } from './terminal.js'
import { type Waylaid, waylay } from './waylaid.js'

/** Below the first allow of an ACL as EC2 makes one. */
const OURS = 99

eachService(
  'a filter before the subnets of the proxies, on an EC2 that nobody here wrote,',
  [{ name: 'Moto', binary: MOTO, also: ['haproxy', 'memcached'], start: () => startMotoFleet({ proxies: 1 }) }],
  service => {
    let fleet: MotoFleet
    let ec2: Waylaid
    let acl: string
    let env: Readonly<Record<string, string>>
    beforeAll(async () => {
      fleet = await service.start()
      ec2 = await waylay(fleet.moto.url)
      acl = (await networkAclOf(fleet.moto)).NetworkAclId ?? ''
      env = { ...fleet.env, AWS_ENDPOINT_URL: ec2.url }
    })
    afterAll(async () => {
      await ec2?.stop()
      await fleet?.stop()
    })
    afterEach(async () => {
      for (const { number } of await entries()) {
        const entry = { NetworkAclId: acl, RuleNumber: number, Egress: false }
        await fleet.moto.client.send(new DeleteNetworkAclEntryCommand(entry))
      }
      const Tags = Object.keys(await tags()).map(Key => ({ Key }))
      if (Tags.length > 0) await fleet.moto.client.send(new DeleteTagsCommand({ Resources: [acl], Tags }))
    })

    /** On the way in, at numbers that are ours or could be. */
    const entries = async () => {
      const { Entries = [] } = await networkAclOf(fleet.moto)
      return Entries.filter(one => !one.Egress && (one.RuleNumber ?? 0) <= OURS)
        .map(one => ({ number: one.RuleNumber, prefix: one.CidrBlock, ports: one.PortRange?.From }))
        .sort((a, b) => (a.number ?? 0) - (b.number ?? 0))
    }
    const tags = async (): Promise<Readonly<Record<string, string>>> => {
      const { Tags = [] } = await networkAclOf(fleet.moto)
      return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]))
    }
    const byHand = (RuleNumber: number, CidrBlock = THEIRS) => {
      const rule = {
        RuleAction: 'deny',
        Protocol: '6',
        PortRange: { From: 22, To: 22 },
        Egress: false,
      } as const
      const command = { NetworkAclId: acl, RuleNumber, CidrBlock, ...rule }
      return fleet.moto.client.send(new CreateNetworkAclEntryCommand(command))
    }
    const ours = (number: number, address: string) => ({ number, prefix: `${address}/32`, ports: 11_211 })
    const theirs = (number: number) => ({ number, prefix: THEIRS, ports: 22 })
    const machineOn = (): Machine => {
      const machine = newMachine()
      const dir = path.join(machine.cwd, 'runbooks')
      mkdirSync(dir)
      writeFileSync(path.join(dir, 'customers.txt'), '198.51.100.20 Acme\n')
      const text = fleet.fleetFile({ address: 'none', unavailable: 1, networkAcl: acl })
      writeFileSync(path.join(dir, 'fleet.yaml'), text)
      return machine
    }

    it('takes the next free number, says in a tag whose it is, and is taken back without a trace', async () => {
      const machine = machineOn()
      await byHand(1)
      const { run, id } = await carriedOut(machine, denying(A), { env })
      expect(run.code, run.stderr).toBe(0)
      expect(await entries()).toEqual([theirs(1), ours(2, A)])
      const { [TAG_OF_2]: tag, ...others } = await tags()
      expect(tag).toMatch(/^203\.0\.113\.7\/32 tcp 11211 \S+Z /)
      expect(tag?.split(' ').slice(-3)).toEqual([filterOf(journalOf(machine, id)), id, TAGS.cluster])
      expect(others).toEqual({})
      const undone = await takenBack(machine, id, { env })
      expect(undone.code, undone.stderr).toBe(0)
      expect([await entries(), await tags()]).toEqual([[theirs(1)], {}])
    })

    it('does not fit where the ACL is full, and what would do instead is said', async () => {
      for (let number = 1; number <= 18; number += 1) await byHand(number, `198.18.${number}.0/24`)
      const { code, stdout } = await firebreak(machineOn(), denying(A), { env })
      expect(code).toBe(1)
      expect(stdout).toContain(`${acl} has room for 0 (its quota is 20 a direction)`)
      expect(stdout).toContain('`by: nftables`')
      expect(await entries()).toHaveLength(18)
    })

    it('is planned again where the ACL was changed before it was agreed to: the difference is shown and asked about', async context => {
      installed('tmux', context)
      const machine = machineOn()
      const terminal = await openTerminal({ ...machine, env: { ...machine.env, ...env } }, [...denying(A)], {
        columns: 120,
        rows: 50,
      })
      await terminal.says('approve / decline')
      await byHand(1)
      await terminal.press('approve', 'Enter')
      await terminal.says(/The plan changed while it waited[\s\S]*approve \/ decline \(/)
      expect(await entries()).toEqual([theirs(1)])
      await terminal.press('approve', 'Enter')
      expect(await terminal.ended(), await terminal.screen()).toBe(0)
      expect(await entries()).toEqual([theirs(1), ours(2, A)])
      expect(await terminal.screen()).toMatch(/no longer: deny acl-\w+\/1 .*; now: deny acl-\w+\/2 /s)
    })

    it('keeps the entries of two incidents that filter by it at once, and each takes back its own', async () => {
      const [here, there] = [machineOn(), machineOn()]
      const theirAnswers = await agreed(there, denying(B), { env })
      let theirRun: Run | undefined
      ec2.before('CreateNetworkAclEntry', async () => {
        theirRun = await firebreak(there, [...denying(B), ...theirAnswers], { env })
      })
      const late = await carriedOut(here, denying(A), { env })
      expect(theirRun?.code, theirRun?.stderr).toBe(0)
      expect(late.run.code).toBe(1)
      expect(late.run.stdout).toContain('somebody else has put another entry at number 1')
      expect(await entries()).toEqual([ours(1, B)])

      const again = await carriedOut(here, denying(A), { env })
      expect(again.run.code, again.run.stderr).toBe(0)
      expect(await entries()).toEqual([ours(1, B), ours(2, A)])
      const nothing = await firebreak(here, ['undo', late.id], { env })
      expect(nothing.stdout + nothing.stderr).toContain('there is nothing to take back')
      expect(await entries()).toEqual([ours(1, B), ours(2, A)])
      expect((await takenBack(here, again.id, { env })).code).toBe(0)
      expect([await entries(), Object.keys(await tags())]).toEqual([[ours(1, B)], ['firebreak:filter:1']])
    })

    it('is worked on by one incident of a state folder at a time, and the other one is told by which', async () => {
      const machine = machineOn()
      const otherAnswers = await agreed(machine, denying(B), { env })
      let other: Run | undefined
      ec2.before('CreateNetworkAclEntry', async () => {
        other = await firebreak(machine, [...denying(B), ...otherAnswers], { env })
      })
      const { run, id } = await carriedOut(machine, denying(A), { env })
      expect(run.code, run.stderr).toBe(0)
      expect(other?.code).toBe(3)
      expect(other?.stdout).toContain(`acl:${acl} is being worked on under ${id}`)
      expect(await entries()).toEqual([ours(1, A)])
    })
  },
)

const [A, B] = ['203.0.113.7', '203.0.113.8'] as const
/** What somebody else denies. */
const THEIRS = '198.18.0.0/24'
const TAG_OF_2 = 'firebreak:filter:2'

const denying = (address: string) => applying(TAGS.cluster, ['by=network_acl', `addresses=${address}`])
