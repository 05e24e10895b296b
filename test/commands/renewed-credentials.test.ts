import { writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { Drill } from '../../src/drill/drill.js'
import { awsError, portOf } from '../providers/servers.js'
import { accountFor } from './account-for.js'
import { agreeing, type Operator, playDrill } from './played.js'

const [OLD, NEW] = ['AKIAOLDOLDOLDOLDOLD0', 'AKIANEWNEWNEWNEWNEW0']

const before = { ...process.env }
const closing: (() => void)[] = []
afterEach(() => {
  process.env = { ...before }
  for (const close of closing.splice(0)) close()
})

type Seen = { readonly key: string; readonly operation: string }

/** EC2 of a drill, behind a door that knows two keys: the old one is over once something was launched with it. */
const startDoor = async (drill: Drill, seen: Seen[]): Promise<string> => {
  let isOver = false
  const server = http.createServer(async (request, reply) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts).toString('utf8')
    const key = /Credential=(\w+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'none'
    const operation = new URLSearchParams(body).get('Action') ?? ''
    seen.push({ key, operation })
    if (key !== NEW && (key !== OLD || isOver))
      return awsError(reply, 400, 'RequestExpired', 'Request has expired.')
    isOver ||= operation === 'RunInstances'
    const { endpoint, accessKeyId } = drill.aws.override
    const authorization = `Credential=${accessKeyId}/`
    const answer = await fetch(endpoint, { method: 'POST', headers: { authorization }, body })
    reply.writeHead(answer.status, { 'content-type': 'text/xml' }).end(await answer.text())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${portOf(server)}`
}

const writeKey = (file: string, key: string): void =>
  writeFileSync(file, `[default]\naws_access_key_id = ${key}\naws_secret_access_key = of-no-use\n`)

/** An operator's machine: keys in a file of its own, and nothing else of AWS. */
const useFile = (file: string): void => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name]
  Object.assign(process.env, {
    AWS_SHARED_CREDENTIALS_FILE: file,
    AWS_CONFIG_FILE: path.join(path.dirname(file), 'none'),
    AWS_EC2_METADATA_DISABLED: 'true',
  })
}

it('credentials that are over after the launch are renewed in their file: one instance, one process, and it goes on', async () => {
  const seen: Seen[] = []
  let file = ''
  const operator: Operator = question => {
    if (question.kind === 'credentials') writeKey(file, NEW)
    return agreeing(question)
  }
  const played = await playDrill({
    operator,
    // As on a real fleet: the SDK's own chain of credentials, and no word about the endpoint.
    setting: async (setting, drill, dir) => {
      file = path.join(dir, 'credentials')
      writeKey(file, OLD)
      useFile(file)
      process.env.AWS_ENDPOINT_URL = await startDoor(drill, seen)
      return { ...setting, aws: { region: drill.aws.region } }
    },
  })
  expect(played.ending.state.outcome).toBe('resolved')
  expect(seen.filter(({ operation }) => operation === 'RunInstances')).toEqual([
    { key: OLD, operation: 'RunInstances' },
  ])
  const [first] = seen.filter(({ key }) => key === NEW)
  expect(first).toBeDefined()
  expect(seen.slice(seen.indexOf(first as Seen)).every(({ key }) => key === NEW)).toBe(true)
  expect(played.questions.filter(({ kind }) => kind === 'credentials')).toHaveLength(1)
  const opened = played.entries.find(({ type }) => type === 'incident.opened')
  expect(opened).toMatchObject({ data: { owner: { pid: process.pid } } })
  expect(played.entries.some(({ type }) => type === 'incident.resumed')).toBe(false)
  await accountFor(played)
})
