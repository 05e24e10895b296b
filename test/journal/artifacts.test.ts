import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/domain/event.js'
import type { Json } from '../../src/domain/json.js'
import { readJournal, reopenJournal } from '../../src/journal/file-journal.js'
import { verifyJournal } from '../../src/journal/verify.js'
import { failureOf, okOf } from '../engine/results.js'
import { folder, note, observed, optionsFor, write } from './written.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A journal of these events after one note; its file, and its lines as they stand there. */
const written = async (...events: Event[]) => {
  const file = path.join(folder(), 'journal.jsonl')
  const journal = await write(file, 'one')
  for (const event of events) okOf(await journal.append(event, true))
  await journal.close()
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return { file, lines, parsed: lines.map(line => JSON.parse(line)) }
}

const artifactsOf = (file: string): string => path.join(path.dirname(file), 'artifacts')

/** JSON of exactly that many bytes: a text in its quotation marks. */
const ofBytes = (bytes: number): string => 'z'.repeat(bytes - 2)

const AT_MOST = 65_536

describe('an output of more than 64 KiB', () => {
  it('stands in a file of its own that is named after its bytes, and the line holds the name', async () => {
    const output = ofBytes(AT_MOST + 1)
    const text = JSON.stringify(output)
    const { file, parsed } = await written(observed(output))
    expect(parsed[1].data.output).toEqual({ artifact: sha256(text), bytes: AT_MOST + 1 })
    expect(parsed[1].data.summary).toBe('seen')
    const artifact = path.join(artifactsOf(file), sha256(text))
    expect(readFileSync(artifact, 'utf8')).toBe(text)
    expect(statSync(artifact).mode & 0o777).toBe(0o600)
    expect(statSync(artifactsOf(file)).mode & 0o777).toBe(0o700)
  })

  it('is itself again for whoever reads the journal, or goes on with it', async () => {
    const event = observed({ rows: Array.from({ length: 9_000 }, (_, row) => ({ row })), words: 'ü 🔥' })
    const { file, parsed } = await written(event)
    expect(parsed[1].data.output).toHaveProperty('artifact')
    expect(okOf(await readJournal(file)).entries).toMatchObject([note('one'), event])
    const { journal, verified } = okOf(await reopenJournal(optionsFor(file)))
    await journal.close()
    expect(verified.entries[1]).toMatchObject(event)
  })

  it.each([
    ['op.finished', 'result', {}],
    ['op.resolved', 'result', { verdict: 'done', by: 'engine', evidence: 'e' }],
    ['step.finished', 'output', { outcome: 'passed', summary: 's' }],
    ['apply.finished', 'output', { outcome: 'applied', summary: 's' }],
  ] as const)('is one in %s too', async (type, field, rest) => {
    const ref = { step: 's', visit: 1, op: 'o', kind: 'k', target: 't' }
    const event = {
      type,
      at: '2026-11-23T03:12:10.000Z',
      actor: 'engine',
      frame: 'main',
      data: { ...ref, ...rest, [field]: ofBytes(AT_MOST + 1) },
    } as unknown as Event // the field belongs to the type, as the table above says
    const { file, parsed } = await written(event)
    expect(parsed[1].data[field]).toMatchObject({ bytes: AT_MOST + 1 })
    expect(okOf(await readJournal(file)).entries[1]).toMatchObject(event)
  })

  it('is kept once, however many events hold it, in this process and the next', async () => {
    const output = ofBytes(AT_MOST + 1)
    const { file } = await written(observed(output), observed(output))
    const before = statSync(path.join(artifactsOf(file), sha256(JSON.stringify(output))))
    const { journal } = okOf(await reopenJournal(optionsFor(file)))
    okOf(await journal.append(observed(output), true))
    await journal.close()
    expect(readdirSync(artifactsOf(file))).toHaveLength(1)
    const after = statSync(path.join(artifactsOf(file), sha256(JSON.stringify(output))))
    expect({ mtime: after.mtimeMs, ino: after.ino }).toEqual({ mtime: before.mtimeMs, ino: before.ino })
  })

  it('is written over where a crash left a part of it', async () => {
    const output = ofBytes(AT_MOST + 1)
    const text = JSON.stringify(output)
    const { file } = await written(observed(output))
    const again = await written()
    const artifacts = artifactsOf(again.file)
    const { journal } = okOf(await reopenJournal(optionsFor(again.file)))
    okOf(await journal.append(observed(ofBytes(AT_MOST + 2)), true)) // makes the folder
    writeFileSync(path.join(artifacts, sha256(text)), text.slice(0, 1_000))
    okOf(await journal.append(observed(output), true))
    await journal.close()
    expect(okOf(await readJournal(again.file)).entries[2]).toMatchObject(observed(output))
    expect(readFileSync(path.join(artifacts, sha256(text)))).toEqual(
      readFileSync(path.join(artifactsOf(file), sha256(text))),
    )
  })
})

describe('an output of 64 KiB and less', () => {
  it.each<[string, Json]>([
    ['a text of exactly that', ofBytes(AT_MOST)],
    ['nothing', null],
    ['a number', 7],
    ['an object that only resembles a reference', { artifact: 'a name', bytes: 1 }],
  ])('stands in its line: %s', async (_, output) => {
    const { file, parsed } = await written(observed(output))
    expect(parsed[1].data.output).toEqual(output)
    expect(existsSync(artifactsOf(file))).toBe(false)
  })

  it('that would be taken for a reference is itself again for whoever reads it', async () => {
    const event = observed({ artifact: sha256('something'), bytes: 9 })
    const { file } = await written(event)
    expect(okOf(await readJournal(file)).entries[1]).toMatchObject(event)
  })
})

describe('an artifact', () => {
  const damaged = async (spoil: (artifact: string) => void): Promise<string> => {
    const output = ofBytes(AT_MOST + 1)
    const { file } = await written(note('two'), observed(output))
    spoil(path.join(artifactsOf(file), sha256(JSON.stringify(output))))
    const failed = failureOf(await readJournal(file))
    expect(failed.code).toBe('journal.damaged')
    expect(failureOf(await reopenJournal(optionsFor(file)))).toEqual(failed)
    return failed.message.replace(file, 'j').replace(sha256(JSON.stringify(output)), 'SHA')
  }

  it('that is gone is damage, and its line is named', async () => {
    expect(await damaged(artifact => rmSync(artifact))).toBe('j, line 3: its artifact SHA is missing')
  })

  it('that was changed is damage, of a single byte too', async () => {
    const change = (artifact: string): void => {
      const bytes = readFileSync(artifact)
      bytes[40_000]! ^= 1
      writeFileSync(artifact, bytes)
    }
    expect(await damaged(change)).toBe('j, line 3: its artifact SHA does not match its hash')
  })

  it('that was cut short is damage', async () => {
    expect(await damaged(artifact => writeFileSync(artifact, ''))).toContain('does not match its hash')
  })

  it('is missing where only the bytes of the journal are there', async () => {
    const { file } = await written(observed(ofBytes(AT_MOST + 1)))
    expect(failureOf(verifyJournal(readFileSync(file), 'j')).message).toContain('line 2: its artifact')
  })

  it('is not what the lines show: they stand as in the file', async () => {
    const { file, lines } = await written(observed(ofBytes(AT_MOST + 1)), note('last'))
    const read = okOf(await readJournal(file))
    expect([...read.lines]).toEqual(lines)
    expect([...read.lines]).toEqual(lines) // as often as somebody goes through them
  })
})
