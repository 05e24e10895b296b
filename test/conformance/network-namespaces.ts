import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { findBinary } from './service.js'

/** A host, and clients beside it; each in a network namespace of its own, joined by a switch in that of the host. */
export type Namespaces<Client extends string> = {
  /** Names of the namespaces, for `ip netns exec`. */
  readonly host: string
  readonly clients: { readonly [C in Client]: string }
  /** Addresses of the host that this process reaches, and no client. */
  readonly there: readonly [string, string]
  /** Runs a program on the host, not by firebreak. Its standard output. */
  readonly onHost: (...argv: readonly string[]) => Promise<string>
  /** What is to be done before the namespaces go, the last one first. */
  readonly defer: (step: () => Promise<unknown>) => void
  readonly stop: () => Promise<void>
}

/** With the lengths of their prefixes. */
export type Addresses = readonly string[]

type Layout<Client extends string> = {
  readonly host: Addresses
  readonly clients: { readonly [C in Client]: Addresses }
}

const run = promisify(execFile)
export const IP = findBinary('ip') ?? 'ip'
const ip = async (...args: readonly string[]): Promise<void> => void (await run(IP, [...args]))

/** Makes them, puts there what `furnish` puts, and takes all of it away again, also where that fails in its middle. */
export const inNamespaces = async <Client extends string, Furnished>(
  layout: Layout<Client>,
  furnish: (namespaces: Namespaces<Client>) => Promise<Furnished>,
): Promise<Furnished & Pick<Namespaces<Client>, 'stop' | 'onHost'>> => {
  const undo: Undo = []
  const stop = async () => {
    const ended: PromiseSettledResult<unknown>[] = []
    for (const step of undo.splice(0).reverse()) ended.push(...(await Promise.allSettled([step()])))
    const failed = ended.find(end => end.status === 'rejected')
    if (failed) throw failed.reason // when all others are done
  }
  await sweep()
  try {
    const namespaces = { ...(await build(layout, undo)), stop }
    return { ...(await furnish(namespaces)), stop, onHost: namespaces.onHost }
  } catch (error) {
    await stop()
    throw error
  }
}

/** How to take back what was made, in the order in which it was made. */
type Undo = (() => Promise<unknown>)[]

/** What a run that was killed has left behind. */
const sweep = async (): Promise<void> => {
  const { stdout } = await run(IP, ['netns', 'list'])
  for (const [namespace, pid] of stdout.matchAll(/^fb(\d+)-[a-z]+/gm)) {
    if (existsSync(`/proc/${pid}`)) continue
    const { stdout: pids } = await run(IP, ['netns', 'pids', namespace])
    for (const one of pids.split('\n').filter(line => line !== '')) process.kill(Number(one), 'SIGKILL')
    await ip('netns', 'del', namespace)
  }
}

const build = async <Client extends string>(
  layout: Layout<Client>,
  undo: Undo,
): Promise<Omit<Namespaces<Client>, 'stop'>> => {
  const name = `fb${process.pid}`
  const host = `${name}-proxy`
  const namespace = async (its: string) => {
    await ip('netns', 'add', its)
    undo.push(() => ip('netns', 'del', its))
    await ip('-n', its, 'link', 'set', 'lo', 'up')
  }
  await namespace(host)
  await ip('-n', host, 'link', 'add', 'switch', 'type', 'bridge')
  await addressed(host, 'switch', layout.host)
  const clients = Object.entries<Addresses>(layout.clients).map(([client, its]) => ({ client, its }))
  for (const { client, its } of clients) {
    const away = `${name}-${client}`
    await namespace(away)
    await ip('link', 'add', 'out', 'netns', away, 'type', 'veth', 'peer', 'name', client, 'netns', host)
    await ip('-n', host, 'link', 'set', client, 'master', 'switch', 'up')
    await addressed(away, 'out', its)
  }
  const { here, there } = wayIn()
  await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'way-in', 'netns', host)
  await ip('addr', 'add', `${here}/29`, 'dev', name)
  await ip('link', 'set', name, 'up')
  for (const one of there) await ip('-n', host, 'addr', 'add', `${one}/29`, 'dev', 'way-in')
  await ip('-n', host, 'link', 'set', 'way-in', 'up')
  const named = clients.map(({ client }) => [client, `${name}-${client}`])
  return {
    host,
    clients: Object.fromEntries(named) as Namespaces<Client>['clients'], // each of the layout's, and no other
    there,
    onHost: async (...argv) => (await run(IP, ['netns', 'exec', host, ...argv], ROOMY)).stdout,
    defer: step => void undo.push(step),
  }
}

const ROOMY = { maxBuffer: 16 * 1024 * 1024 }

const addressed = async (namespace: string, device: string, addresses: Addresses) => {
  for (const one of addresses)
    await ip('-n', namespace, 'addr', 'add', one, 'dev', device, ...(one.includes(':') ? ['nodad'] : []))
  await ip('-n', namespace, 'link', 'set', device, 'up')
}

/** Of 10.254.0.0/16, some that no other process of these tests has. */
const wayIn = () => {
  const net = `10.254.${process.pid % 256}`
  const first = (Math.floor(process.pid / 256) % 32) * 8
  return { here: `${net}.${first + 1}`, there: [`${net}.${first + 2}`, `${net}.${first + 3}`] as const }
}
