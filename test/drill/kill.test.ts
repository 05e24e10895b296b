import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { linesOf, startRunning, stopRunning } from './running.js'

const moduleAt = (path: string): string => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)))

/** Launches one instance after another and says which token was answered, until it is killed. */
const PROGRAM = `
import { startRunning } from ${moduleAt('./running.ts')}
const { drill } = await startRunning({ seed: 5, dir: process.argv[2] })
const { endpoint, accessKeyId } = drill.aws.override
for (let n = 0; ; n += 1) {
  const answered = await drill.clock.io(
    fetch(endpoint, {
      method: 'POST',
      headers: { authorization: 'Credential=' + accessKeyId + '/' },
      body: 'Action=RunInstances&Version=2016-11-15&LaunchTemplate.LaunchTemplateName=lt-proxy' +
        '&SubnetId=subnet-a1&MinCount=1&MaxCount=1&ClientToken=token-' + n,
    }).then(response => response.text()),
  )
  process.stdout.write('token-' + n + ' ' + /<instanceId>(.*?)</.exec(answered)[1] + '\\n')
}
`

const answersUntilKilled = (program: string, dir: string, enough: number): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', program, dir], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: dir }, // its sockets' folder stays behind, and goes with this one
    })
    let text = ''
    let complaint = ''
    child.stdout.on('data', chunk => {
      text += chunk
      if (text.split('\n').length > enough) child.kill('SIGKILL')
    })
    child.stderr.on('data', chunk => {
      complaint += chunk
    })
    child.on('close', (_, signal) =>
      signal === 'SIGKILL' ? resolve(text.split('\n').slice(0, -1)) : reject(new Error(complaint)),
    )
  })

it.each([1, 4, 9])(
  'a launch that was answered is there after kill -9 (after %i)',
  async enough => {
    const dir = mkdtempSync(join(tmpdir(), 'firebreak-test-'))
    const program = join(dir, 'program.mts')
    writeFileSync(program, PROGRAM)
    const answered = (await answersUntilKilled(program, dir, enough)).map(line => line.split(' '))
    expect(answered.length).toBeGreaterThanOrEqual(enough)

    const running = await startRunning({ seed: 5, dir })
    const world = running.drill.world()
    for (const [token, id] of answered) expect(world.instances[id!]?.clientToken).toBe(token)
    const logged = linesOf(dir, 'world')
    expect(world.changes).toBe(logged.length)
    // one more may have been done without an answer, never two: they were asked for one by one
    expect(logged.length - answered.length).toBeLessThanOrEqual(1)
    await stopRunning(running)
  },
  20_000,
)
