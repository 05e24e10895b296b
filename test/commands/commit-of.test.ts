import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitOf, rememberingCommits } from '../../src/commands/support/commit-of.js'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fb-commit-'))
  file = path.join(folder, 'customers.txt')
  writeFileSync(file, '192.0.2.1\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const AT = '2026-01-15T03:12:00Z'
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, GIT_AUTHOR_DATE: AT, GIT_COMMITTER_DATE: AT },
  })

const commit = (): string => {
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '--message', 'first')
  return git('log', '-1', '--format=%h').trim()
}

describe('the commit that changed a file last', () => {
  it('is what git says, and when', async () => {
    const id = commit()
    expect(await commitOf(file)).toEqual({ id, at: Date.parse(AT) })
  })

  it('is nobody`s where the file has changes that are not committed', async () => {
    commit()
    writeFileSync(file, '192.0.2.2\n')
    expect(await commitOf(file)).toBeUndefined()
  })

  it('is nobody`s where git does not know the file, or there is no repository', async () => {
    expect(await commitOf(file)).toBeUndefined()
    commit()
    const other = path.join(folder, 'other.txt')
    writeFileSync(other, '')
    expect(await commitOf(other)).toBeUndefined()
    expect(await commitOf(path.join(folder, 'gone', 'customers.txt'))).toBeUndefined()
  })
})

describe('commits that are remembered', () => {
  it('are asked for once, and again when the file was changed', async () => {
    const asked: string[] = []
    const remembered = rememberingCommits(async one => {
      asked.push(one)
      return { id: `${asked.length}`, at: 0 }
    })
    expect((await remembered(file))?.id).toBe('1')
    expect((await remembered(file))?.id).toBe('1')
    utimesSync(file, 1, 1)
    expect((await remembered(file))?.id).toBe('2')
    expect(asked).toEqual([file, file])
  })
})
