import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { applyPatch } from 'diff'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findDrift, saveRunbookTexts } from '../../src/commands/support/drift.js'
import { okOf } from '../engine/results.js'

let dir: string
let file: string
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'fb-drift-'))
  file = path.join(dir, 'surge.yaml')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const hashOf = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')
const OPENED = 'runbook: surge\ntitle: Surge\nsteps:\n  - id: survey\n    check: proxy.connections\n'

/** Opens with one text, and finds another one on disk. */
const drift = async (before: string, after: string | Buffer) => {
  rmSync(path.join(dir, 'runbook.yaml'), { force: true })
  okOf(await saveRunbookTexts(dir, [{ name: 'r', text: before }]))
  writeFileSync(file, after)
  return findDrift(dir, { stored: hashOf(before), source: file })
}

describe('a runbook’s file', () => {
  it.each(['', OPENED, '\uFEFFrunbook: surge\n', 'title: "ü"\r\n'])(
    'that is as it was has not drifted',
    async text => {
      expect(await drift(text, text)).toBeUndefined()
    },
  )

  it('that changed is told by its hash, and by what was taken away and added', async () => {
    const after = OPENED.replace('title: Surge', 'title: Surge of connections')
    const found = await drift(OPENED, after)
    expect(found?.found).toBe(hashOf(after))
    expect(found?.diff).toContain('\n-title: Surge\n+title: Surge of connections\n')
    expect(found?.diff).toMatch(/^--- .*as the incident was opened\n\+\+\+ .*as it is now\n@@ /)
  })

  it('that is gone has no hash, and says so', async () => {
    okOf(await saveRunbookTexts(dir, [{ name: 'r', text: OPENED }]))
    const found = await findDrift(dir, { stored: hashOf(OPENED), source: file })
    expect(found).toEqual({ found: null, diff: `${file}: there is no such file` })
  })

  it.each([
    ['no text', Buffer.from([0xff, 0xfe, 0x00])],
    ['too large to be a runbook', 'x'.repeat(1024 * 1024 + 1)],
  ])('that is %s now has no hash, and says why', async (_what, bytes) => {
    const found = await drift(OPENED, bytes)
    expect(found?.found).toBeNull()
    expect(found?.diff).toMatch(/this (is not UTF-8 text|file has 2 MiB)/)
  })

  it('is judged by its hash alone where its old text was not kept, or was tampered with', async () => {
    writeFileSync(file, `${OPENED}# more\n`)
    const missing = await findDrift(dir, { stored: hashOf(OPENED), source: file })
    expect(missing).toMatchObject({
      found: hashOf(`${OPENED}# more\n`),
      diff: expect.stringContaining('is not kept'),
    })
    writeFileSync(path.join(dir, 'runbook.yaml'), 'something else')
    expect((await findDrift(dir, { stored: hashOf(OPENED), source: file }))?.diff).toContain('is not kept')
    expect(await findDrift(dir, { stored: hashOf(`${OPENED}# more\n`), source: file })).toBeUndefined()
  })

  it('with very many changes is shown in 200 lines, and says how many more there are', async () => {
    const lines = (word: string) => Array.from({ length: 300 }, (_, n) => `${word} ${n}\n`).join('')
    const shown = (await drift(lines('old'), lines('new')))?.diff.split('\n') ?? []
    expect(shown).toHaveLength(201)
    // Two lines of files, one of the hunk, 300 taken away, 300 added.
    expect(shown.at(-1)).toBe('… and 403 more lines')
  })

  it('is shown with its longest lines cut off', async () => {
    const shown = (await drift('a: 1\n', `a: ${'x'.repeat(100_000)}\n`))?.diff.split('\n') ?? []
    for (const line of shown) expect(line.length).toBeLessThan(500)
    expect(shown.at(-1)).toMatch(/^\+a: x+…$/)
  })

  it('with more changes than anybody reads is not compared line by line', async () => {
    const lines = (word: string) => Array.from({ length: 5_000 }, (_, n) => `${word} ${n}\n`).join('')
    const before = lines('old')
    const found = await drift(before, lines('new'))
    expect(found?.found).toBe(hashOf(lines('new')))
    expect(found?.diff).toContain('more than 2000 changed lines')
  })

  it('cannot write to the terminal what a terminal obeys, nor hide a change of line ends', async () => {
    const escapes = (await drift('a: 1\n', 'a: \u001b[2J\u202e1\n'))?.diff
    expect(escapes).toContain('+a: \\u{1b}[2J\\u{202e}1')
    expect((await drift('a: 1\n', 'a: 1\r\n'))?.diff).toContain('+a: 1\\u{d}')
  })

  it('gives a diff that leads from the one text to the other', async () => {
    const line = fc.constantFrom('a', 'b', 'c', '- d', '+ e', '')
    const text = fc.array(line, { minLength: 1, maxLength: 12 }).map(lines => `${lines.join('\n')}\n`)
    await fc.assert(
      fc.asyncProperty(text, text, async (before, after) => {
        const found = await drift(before, after)
        if (before === after) expect(found).toBeUndefined()
        else expect(applyPatch(before, `${found?.diff}\n`)).toBe(after)
      }),
      { numRuns: 50 },
    )
  })
})

describe('the text that is kept', () => {
  it('is for the owner’s eyes, and is never written over', async () => {
    okOf(await saveRunbookTexts(dir, [{ name: 'r', text: OPENED }]))
    const kept = path.join(dir, 'runbook.yaml')
    expect(statSync(kept).mode & 0o777).toBe(0o600)
    expect(await saveRunbookTexts(dir, [{ name: 'r', text: 'another' }])).toMatchObject({
      ok: false,
      failure: { code: 'state.unwritable' },
    })
    expect(readFileSync(kept, 'utf8')).toBe(OPENED)
  })
})
