import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fail, ok } from '../../src/domain/result.js'
import { parsePrefix } from '../../src/fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../src/fleet/addresses/prefix.js'
import type { Denial, Nftables, PortScope } from '../../src/providers/nftables/contract.js'
import { createProviders, type ProviderSet } from '../../src/providers/providers.js'
import { isDoubtful } from '../../src/runtime/doubt.js'
import { failureOf, okOf, testWire } from '../providers/wire.js'
import { CLIENTS, type Client, NFT_SERVICE, type ProxyNetwork } from './proxy-network.js'
import type { RunningSshd } from './real-sshd.js'
import { eachService } from './service.js'

const MEMCACHED: PortScope = { protocol: 'tcp', ports: { from: 11_211, to: 11_211 } }
const BESIDE: PortScope = { protocol: 'tcp', ports: { from: 11_212, to: 11_212 } }

/** 198.51.100.128/25 without .130, by hand: halves that do not hold it, from the smallest. */
const CARVED = [
  '198.51.100.131/32',
  '198.51.100.128/31',
  '198.51.100.132/30',
  '198.51.100.136/29',
  '198.51.100.144/28',
  '198.51.100.160/27',
  '198.51.100.192/26',
]

/** The same, asked as people write. */
const byText = ({ look, deny, allow }: Nftables) => ({
  look,
  deny: (texts: readonly string[], scope: PortScope, ttl: number) => deny(texts.map(prefixOf), scope, ttl),
  allow: (texts: readonly string[], scope: PortScope) => allow(texts.map(prefixOf), scope),
})
const prefixOf = (text: string): Prefix => okOf(parsePrefix(text)).prefix

const open: ProviderSet[] = []
const providersBy = (sshd: RunningSshd) => {
  const wire = testWire()
  const outside = { env: process.env, redact: (text: string) => text }
  const providers = createProviders({ ...wire, outside, ssh: sshd.settings })
  open.push(providers)
  return { providers, sent: wire.sent }
}
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

eachService('nftables', [NFT_SERVICE], service => {
  let net: ProxyNetwork
  beforeAll(async () => {
    net = await service.start()
  }, 60_000)
  afterAll(() => net?.stop())
  afterEach(() => net?.onHost('nft', 'flush', 'ruleset'))

  const nftables = () => byText(providersBy(net.sshd).providers.nftables(net.host))
  const prefixesOf = (denials: readonly Denial[], scope = MEMCACHED): readonly string[] =>
    denials
      .filter(one => one.scope.ports.from === scope.ports.from)
      .map(({ prefix }) => prefix)
      .sort()
  const standing = async (scope = MEMCACHED) => prefixesOf(okOf(await nftables().look()), scope)

  /** Packets that our rules have dropped. */
  const dropped = async (): Promise<number> => {
    const listed = await net.onHost('nft', 'list', 'table', 'inet', 'firebreak')
    const counts = [...listed.matchAll(/counter packets (\d+)/g)].map(([, packets]) => Number(packets))
    return counts.reduce((sum, packets) => sum + packets, 0)
  }
  /** It gets no answer, and that is our doing: a slow machine drops nothing. */
  const isBlocked = async (client: Client, port: number, family: 'v4' | 'v6' = 'v4'): Promise<void> => {
    const before = await dropped()
    const droppedSince = async () => {
      expect(await net.answers(client, port, family)).toBe(false)
      return dropped()
    }
    await expect.poll(droppedSince).toBeGreaterThan(before) // a busy machine may send nothing within a second
  }
  const isServed = (client: Client, port: number, family: 'v4' | 'v6' = 'v4') =>
    expect.poll(() => net.answers(client, port, family), { timeout: 20_000 }).toBe(true)

  describe('who is denied', () => {
    it.each(['v4', 'v6'] as const)('gets no answer, while all others do, in %s', async family => {
      for (const client of ['blocked', 'spared', 'bystander'] as const) await isServed(client, 11_211, family)
      okOf(await nftables().deny([...CARVED, '2001:db8:1:f::/64'], MEMCACHED, 600))
      await isBlocked('blocked', 11_211, family)
      await isServed('spared', 11_211, family)
      await isServed('bystander', 11_211, family)
    })

    it('is denied one port and not another, and each is taken back by itself', async () => {
      const { deny, allow } = nftables()
      const client = [CLIENTS.blocked.v4]
      okOf(await deny(client, MEMCACHED, 600))
      await isServed('blocked', 11_212)
      okOf(await deny(client, BESIDE, 600))
      await isBlocked('blocked', 11_212)
      okOf(await allow(client, MEMCACHED))
      await isServed('blocked', 11_211)
      await isBlocked('blocked', 11_212)
    })

    it('is denied a whole range of ports', async () => {
      const both: PortScope = { protocol: 'tcp', ports: { from: 11_211, to: 11_212 } }
      okOf(await nftables().deny([CLIENTS.blocked.v4], both, 600))
      await isBlocked('blocked', 11_211)
      await isBlocked('blocked', 11_212)
    })

    it('is denied one protocol and not the other', async () => {
      okOf(await nftables().deny([CLIENTS.blocked.v4], { ...MEMCACHED, protocol: 'udp' }, 600))
      expect(okOf(await nftables().look())).toMatchObject([{ scope: { protocol: 'udp' }, inForce: true }])
      await isServed('blocked', 11_211)
    })

    it('keeps a connection that is open already: it stalls, and goes on when the entry is gone', async () => {
      const talk = net.open('blocked', 11_211)
      talk.say('one')
      await expect.poll(talk.heard).toBe('hello\none\n')
      const { deny, allow } = nftables()
      okOf(await deny([CLIENTS.blocked.v4], MEMCACHED, 600))
      talk.say('two')
      await expect.poll(dropped).toBeGreaterThan(1) // sent, and sent again
      expect(talk.heard()).toBe('hello\none\n')
      expect(await net.onHost('ss', '-Htn', 'state', 'established', 'sport', '= :11211')).toContain(
        CLIENTS.blocked.v4,
      )
      okOf(await allow([CLIENTS.blocked.v4], MEMCACHED))
      await expect.poll(talk.heard, { timeout: 30_000 }).toBe('hello\none\ntwo\n')
    })
  })

  describe('an entry', () => {
    it('ends by itself, with nobody there', async () => {
      const { providers } = providersBy(net.sshd)
      okOf(await byText(providers.nftables(net.host)).deny([CLIENTS.blocked.v4], MEMCACHED, 10))
      providers.close()
      await isBlocked('blocked', 11_211)
      await isServed('blocked', 11_211)
      expect(okOf(await nftables().look())).toEqual([])
    })

    it('is shown with its scope and what is left of its time', async () => {
      expect(okOf(await nftables().look())).toEqual([]) // a host without the table
      okOf(await nftables().deny(['198.51.100.128/26', '2001:db8:1:f::/64'], MEMCACHED, 600))
      const found = okOf(await nftables().look())
      expect(found.map(({ expiresIn: _, ...rest }) => rest)).toEqual([
        { scope: MEMCACHED, prefix: '198.51.100.128/26', timeout: 600, inForce: true },
        { scope: MEMCACHED, prefix: '2001:db8:1:f::/64', timeout: 600, inForce: true },
      ])
      for (const { expiresIn } of found) {
        expect(expiresIn).toBeGreaterThan(500)
        expect(expiresIn).toBeLessThanOrEqual(600)
      }
    })

    it.each([
      ['longer', 60, 6000],
      ['shorter', 6000, 60],
    ])('that stands begins anew, also with a %s time, and has one rule', async (_, first, second) => {
      const { deny, look } = nftables()
      okOf(await deny(['198.51.100.0/25'], MEMCACHED, first))
      okOf(await deny(['198.51.100.0/25', '198.51.100.128/25'], MEMCACHED, second))
      const found = okOf(await look())
      expect(found.map(({ timeout }) => timeout)).toEqual([second, second])
      for (const { expiresIn } of found) expect(expiresIn).toBeGreaterThan(second - 50)
      const table = await net.onHost('nft', 'list', 'table', 'inet', 'firebreak')
      expect(table.match(/ drop$/gm)).toHaveLength(1)
    })

    it('that would overlap with one that stands is refused, and nothing is sent', async () => {
      const { providers, sent } = providersBy(net.sshd)
      const { deny } = byText(providers.nftables(net.host))
      okOf(await deny(['198.51.100.0/25'], MEMCACHED, 600))
      sent.splice(0)
      const failure = failureOf(await deny(['192.0.2.0/24', '198.51.100.0/24'], MEMCACHED, 600))
      expect(failure).toMatchObject({
        code: 'target.rejected',
        message: expect.stringContaining('198.51.100.0/24 overlaps with 198.51.100.0/25'),
      })
      expect(sent).toEqual([{ endpoint: 'nftables', operation: 'list table', mutating: false }])
      expect(await standing()).toEqual(['198.51.100.0/25'])
    })

    it('comes with all the others of its change or not at all', async () => {
      // A set of our name that takes no time-outs: the kernel refuses the IPv4 half.
      await net.onHost('nft', 'add', 'table', 'inet', 'firebreak')
      await net.onHost('nft', 'add set inet firebreak tcp_11211_11211_ipv4 { type ipv4_addr; flags interval; }')
      const before = await net.onHost('nft', 'list', 'ruleset')
      const failure = failureOf(await nftables().deny(['2001:db8:1:f::/64', '198.51.100.140'], MEMCACHED, 600))
      expect(failure.code).toBe('target.rejected')
      expect(failure.next).toContain('Nothing was changed')
      expect(await net.onHost('nft', 'list', 'ruleset')).toBe(before)
    })

    it('may have a thousand beside it, of which some go', async () => {
      const all = [...Array(1_000).keys()].map(n => `203.0.${Math.floor(n / 100)}.${2 * (n % 100)}/32`)
      const { deny, allow } = nftables()
      okOf(await deny(all, MEMCACHED, 600))
      expect(await standing()).toEqual([...all].sort())
      okOf(await allow(all.slice(0, 300), MEMCACHED))
      expect(await standing()).toEqual(all.slice(300).sort())
    }, 60_000)
  })

  describe('to allow', () => {
    const OTHERS = `table inet other {
  set tcp_11211_11211_ipv4 { type ipv4_addr; flags interval, timeout; elements = { 198.51.100.140 timeout 1h } 
  }
  chain input { type filter hook input priority 0; policy accept; tcp dport 11999 counter drop; 
  }
}`
    const withoutTimes = (listed: string) => listed.replace(/ expires \w+/g, '')

    it('takes back exactly what was added, and nothing of anybody else', async () => {
      await net.onHost('nft', OTHERS)
      const ruleset = async () => withoutTimes(await net.onHost('nft', 'list', 'table', 'inet', 'other'))
      const before = await ruleset()
      const { deny, allow } = nftables()
      okOf(await deny(['192.0.2.0/24'], MEMCACHED, 600))
      await net.onHost('nft', 'add', 'element', 'inet', 'firebreak', 'tcp_11211_11211_ipv4', '{ 203.0.113.9 }')
      await net.onHost('nft', 'add set inet firebreak mine { type inet_service; elements = { 80 }; }')
      okOf(await deny(CARVED, MEMCACHED, 600))
      okOf(await allow(CARVED, MEMCACHED))
      const found = okOf(await nftables().look())
      expect(prefixesOf(found)).toEqual(['192.0.2.0/24', '203.0.113.9/32'])
      expect(found.find(({ prefix }) => prefix === '203.0.113.9/32')).not.toHaveProperty('timeout')
      expect(await net.onHost('nft', 'list', 'set', 'inet', 'firebreak', 'mine')).toContain('80')
      expect(await ruleset()).toBe(before)
      await isServed('blocked', 11_211)
    })

    it('is content with what is not there, and takes no part of an entry', async () => {
      const { deny, allow } = nftables()
      okOf(await allow(['192.0.2.0/24'], MEMCACHED)) // no table
      okOf(await deny(['192.0.2.0/24', '198.51.100.0/24'], MEMCACHED, 600))
      okOf(await allow(['192.0.2.0/25', '198.51.0.0/16', '203.0.113.0/24', '198.51.100.0/24'], MEMCACHED))
      okOf(await allow(['192.0.2.0/24'], BESIDE))
      expect(await standing()).toEqual(['192.0.2.0/24'])
    })

    it('leaves an empty set behind, which is used again', async () => {
      const { deny, allow } = nftables()
      okOf(await deny([CLIENTS.blocked.v4], MEMCACHED, 600))
      okOf(await allow([CLIENTS.blocked.v4], MEMCACHED))
      expect(await standing()).toEqual([])
      await isServed('blocked', 11_211)
      okOf(await deny([CLIENTS.blocked.v4], MEMCACHED, 600))
      await isBlocked('blocked', 11_211)
    })
  })

  describe('an entry that stops nobody', () => {
    const CLIENT = [CLIENTS.blocked.v4]

    it('is shown as such where its rule was taken out', async () => {
      okOf(await nftables().deny(CLIENT, MEMCACHED, 600))
      await net.onHost('nft', 'flush', 'chain', 'inet', 'firebreak', 'input')
      expect(okOf(await nftables().look())).toMatchObject([{ inForce: false }])
      await isServed('blocked', 11_211)
    })

    it('gets its rule back with the next denial', async () => {
      okOf(await nftables().deny(CLIENT, MEMCACHED, 600))
      await net.onHost('nft', 'flush', 'chain', 'inet', 'firebreak', 'input')
      okOf(await nftables().deny(CLIENT, MEMCACHED, 600))
      await isBlocked('blocked', 11_211)
    })
  })

  describe('what fails', () => {
    /** An sshd of the same host where every command line is done so. */
    const forcing = async (command: string) => {
      const sshd = await net.alsoAt([`ForceCommand ${command}`])
      return byText(providersBy(sshd).providers.nftables(net.host.replace(/\d+$/, `${sshd.port}`)))
    }

    it('says so where there is no nft', async () => {
      const { look, deny } = await forcing('PATH=/nowhere; eval "$SSH_ORIGINAL_COMMAND"')
      for (const result of [await look(), await deny(['192.0.2.1'], MEMCACHED, 60)])
        expect(failureOf(result)).toMatchObject({
          code: 'target.rejected',
          message: expect.stringContaining('there is no nft'),
          next: expect.stringContaining('apt-get install nftables'),
        })
    })

    it('says so where the user may not use it', async () => {
      const { look, deny } = await forcing('setpriv --bounding-set -net_admin sh -c "$SSH_ORIGINAL_COMMAND"')
      for (const result of [await look(), await deny(['192.0.2.1'], MEMCACHED, 60)])
        expect(failureOf(result)).toMatchObject({
          code: 'target.rejected',
          message: expect.stringContaining('may not be used by this user'),
          next: expect.stringContaining('CAP_NET_ADMIN'),
        })
    })

    it('is in doubt where the change was sent and no answer came, and a look tells', async () => {
      const silent = await forcing(
        'sh -c "$SSH_ORIGINAL_COMMAND"; exit=$?; case "$SSH_ORIGINAL_COMMAND" in *-f*) kill -9 $$;; esac; exit $exit',
      )
      const failure = failureOf(await silent.deny(['192.0.2.0/24'], MEMCACHED, 600))
      expect(failure.code).toBe('target.timeout')
      expect(isDoubtful(failure)).toBe(true)
      expect(prefixesOf(okOf(await silent.look()))).toEqual(['192.0.2.0/24'])
    })

    it('is in doubt where the change was made and cannot be looked at any more', async () => {
      const once = await forcing(
        'case "$SSH_ORIGINAL_COMMAND" in *list*) nft list table inet firebreak >/dev/null 2>&1 && exit 9;; esac; sh -c "$SSH_ORIGINAL_COMMAND"',
      )
      const failure = failureOf(await once.deny(['192.0.2.0/24'], MEMCACHED, 600))
      expect(isDoubtful(failure)).toBe(true)
      expect(failure.message).toContain('took the change, but what stands there now cannot be read')
      expect(await standing()).toEqual(['192.0.2.0/24'])
    })

    it('is in doubt where nft ended well and nothing stands', async () => {
      const idle = await forcing(
        'case "$SSH_ORIGINAL_COMMAND" in *-f*) cat >/dev/null;; *) eval "$SSH_ORIGINAL_COMMAND";; esac',
      )
      const failure = failureOf(await idle.deny(['192.0.2.0/24'], MEMCACHED, 600))
      expect(isDoubtful(failure)).toBe(true)
      expect(failure.message).toContain('took the change, but the rule that drops')
    })

    it('is no change where effects are withheld; a look is', async () => {
      const { providers, sent } = providersBy(net.sshd)
      const held = providers
        .withRecorder(
          request => void sent.push(request),
          ({ mutating }) => (mutating ? fail('bug', 'it is withheld.', 'Report this.') : ok(null)),
        )
        .nftables(net.host)
      expect(okOf(await held.look())).toEqual([])
      expect(failureOf(await byText(held).deny(['192.0.2.0/24'], MEMCACHED, 600)).code).toBe('bug')
      expect(sent.map(({ operation }) => operation)).toEqual(['list table', 'list table'])
      expect(await standing()).toEqual([])
    })

    it('was not sent where nobody listens', async () => {
      const away = byText(providersBy(net.sshd).providers.nftables(net.host.replace(/\d+$/, '9')))
      const failure = failureOf(await away.deny(['192.0.2.0/24'], MEMCACHED, 600))
      expect(failure.code).toBe('target.refused')
      expect(isDoubtful(failure)).toBe(false)
    })
  })
})
