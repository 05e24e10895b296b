import { existsSync } from 'node:fs'
import fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createProviders } from '../../src/providers/providers.js'
import type { AwsWire } from '../../src/providers/wire.js'
import type { AwsServer } from './servers.js'
import { awsReply, awsServer } from './servers.js'
import { drillAws, okOf, testWire } from './wire.js'

let folder: string
let server: AwsServer
let wrong: AwsServer
const read: string[] = []

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'fb-poison-'))
  server = await awsServer(({ action }, reply) => awsReply(reply, action, '<reservationSet/>'))
  wrong = await awsServer(({ action }, reply) => awsReply(reply, action, '<reservationSet/>'))
  await poison()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await Promise.all([server.close(), wrong.close(), fs.rm(folder, { recursive: true })])
})

describe('in a poisoned environment', () => {
  it('the client of a drill goes to the endpoint that it was given, and reads no file', async () => {
    await askAll(drillAws(server.url))
    expect(server.asked).toHaveLength(2)
    expect(wrong.asked).toEqual([])
    expect(server.asked[0]?.headers.authorization).toMatch(/Credential=AKIDRILL\/\d+\/us-east-1\/ec2\//)
    expect(server.asked[0]?.headers['user-agent']).not.toContain('poisoned')
    expect(read).toEqual([])
    expect(existsSync(canary())).toBe(false)
  })

  it('the client of a real fleet takes its credentials as every AWS tool does', async () => {
    vi.stubEnv('AWS_PROFILE', 'poisoned')
    await askAll({ region: 'us-east-1' })
    expect(server.asked).toEqual([])
    expect(wrong.asked[0]?.headers.authorization).toMatch(/Credential=AKIPOISONED\/\d+\/us-east-1\/ec2\//)
    expect(read).toContain(path.join(folder, 'config'))
    expect(existsSync(canary())).toBe(true)
  })
})

const canary = (): string => path.join(folder, 'canary')

const askAll = async (aws: AwsWire): Promise<void> => {
  const providers = createProviders({ ...testWire(), aws })
  const ec2 = okOf(await providers.ec2())
  okOf(await ec2.describeInstances({}))
  await okOf(await providers.sts()).account()
  providers.close()
}

/** Each of these changes where the SDK goes or who it says it is, if it is read. */
const poison = async (): Promise<void> => {
  const credentials = '{"Version":1,"AccessKeyId":"AKIPOISONED","SecretAccessKey":"x"}'
  const process = `credential_process = sh -c "touch ${canary()}; echo '${credentials.replaceAll('"', '\\"')}'"`
  const profile = ['region = eu-west-9', 'sdk_ua_app_id = poisoned', process].join('\n')
  await fs.writeFile(path.join(folder, 'config'), `[default]\n${profile}\n[profile poisoned]\n${profile}\n`)
  vi.stubEnv('HOME', folder)
  vi.stubEnv('AWS_PROFILE', 'missing')
  vi.stubEnv('AWS_CONFIG_FILE', path.join(folder, 'config'))
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path.join(folder, 'credentials'))
  vi.stubEnv('AWS_ENDPOINT_URL', wrong.url)
  vi.stubEnv('HTTPS_PROXY', wrong.url)
  vi.stubEnv('HTTP_PROXY', wrong.url)
  vi.stubEnv('AWS_REGION', 'eu-west-9')
  vi.stubEnv('AWS_MAX_ATTEMPTS', '9')
  vi.stubEnv('AWS_SDK_UA_APP_ID', 'poisoned')
  watchFiles()
}

/** The SDK takes `readFile` from here when it loads, so the spy stands before any client is made. */
const watchFiles = (): void => {
  read.length = 0
  const original = fs.readFile
  vi.spyOn(fs, 'readFile').mockImplementation((...args) => {
    if (String(args[0]).startsWith(folder)) read.push(String(args[0]))
    return original(...args)
  })
}
