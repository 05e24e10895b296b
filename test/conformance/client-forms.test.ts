import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { subtract } from '../../src/fleet/addresses/arithmetic.js'
import { read } from '../fuzz/filter-trial.js'
import { type Child, startChild } from './child.js'
import { eachService } from './service.js'

// The reason for `src/fleet/addresses/client-forms.ts`: which entries a real HAProxy takes a client for.

type Running = {
  readonly child: Child
  readonly ask: (command: string) => Promise<string>
  readonly list: string
}

eachService<Running>(
  'clients in ACL lists',
  [{ name: 'HAProxy', binary: 'haproxy', start: () => start() }],
  service => {
    let running: Running
    beforeAll(async () => {
      running = await service.start()
    })
    afterAll(async () => {
      await running?.child.stop()
      await rm(path.dirname(running.list), { recursive: true })
    })

    const hits = async (entries: readonly string[], client: string): Promise<boolean> => {
      const { ask, list } = running
      await ask(`clear acl ${list}`)
      for (const entry of entries) expect((await ask(`add acl ${list} ${entry}`)).trim()).toBe('')
      const answer = await ask(`get acl ${list} ${client}`)
      expect(answer).toMatch(/match=(?:yes|no)/)
      return answer.includes('match=yes')
    }

    it.each([
      ['::/64', '10.1.2.3', '10.1.2.3'],
      ['10.1.0.0/16', '2002:a01:203::7', '2002:a01:203::/48'],
      ['10.1.0.0/16', '::10.1.2.3', '::10.1.2.3'],
      ['10.1.0.0/16', '::ffff:10.1.2.3', '::ffff:10.1.2.3'],
    ])('an entry %s hits the client %s, and no longer once %s is kept', async (entry, client, kept) => {
      expect(await hits([entry], client)).toBe(true)
      const left = subtract([read(entry)], [read(kept)])
      expect(left.length).toBeGreaterThan(0)
      expect(await hits(left, client)).toBe(false)
    })

    it.each([
      ['2002:a01:203::/48', '10.1.2.3'],
      ['::/81', '10.1.2.3'],
      ['10.1.0.0/16', '64:ff9b::10.1.2.3'],
    ])('an entry %s does not hit the client %s', async (entry, client) => {
      expect(await hits([entry], client)).toBe(false)
    })
  },
)

const start = async (): Promise<Running> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'fb-forms-'))
  const [file, socket, list] = ['haproxy.cfg', 'admin.sock', 'denied.lst'].map(name => path.join(folder, name))
  if (file === undefined || socket === undefined || list === undefined)
    throw new Error('three names, three paths')
  await writeFile(list, '')
  await writeFile(file, config(folder, socket, list))
  const child = await startChild('haproxy', ['-db', '-f', file], { path: socket })
  return { child, list, ask: command => answerOf(socket, command) }
}

const config = (folder: string, socket: string, list: string): string => `
global
  stats socket unix@${socket} level admin
defaults
  mode tcp
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend shard1
  bind unix@${path.join(folder, 'data.sock')}
  tcp-request connection reject if { src -f ${list} }
  default_backend shard1
backend shard1
  server s1 127.0.0.1:1
`

const answerOf = (socket: string, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const client = net.connect(socket)
    let text = ''
    client.setEncoding('utf8')
    client.on('connect', () => client.write(`${command}\n`))
    client.on('data', chunk => {
      text += chunk
    })
    client.on('error', reject)
    client.on('close', () => resolve(text))
  })
