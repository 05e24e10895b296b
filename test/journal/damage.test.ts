import { writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldJournal, readJournal } from '../../src/journal/file-journal.js'
import { verifyJournal } from '../../src/journal/verify.js'
import { failureOf, okOf } from '../engine/results.js'
import { bytesOf, damagedLine, folder, write } from './written.js'

const NEWLINE = 0x0a
const TEXTS = ['one', 'two: ü, 🔥', 'three: \uFFFD', 'four']

const linesOf = (bytes: Buffer): Buffer[] => {
  const lines: Buffer[] = []
  for (let start = 0; start < bytes.length; start = lines.reduce((sum, line) => sum + line.length, 0))
    lines.push(bytes.subarray(start, bytes.indexOf(NEWLINE, start) + 1))
  return lines
}

describe('damage', () => {
  it('of a single byte, anywhere, is found, and its line is named', async () => {
    const bytes = await bytesOf(...TEXTS)
    const lineAt = (position: number): number =>
      bytes.subarray(0, position).filter(byte => byte === NEWLINE).length + 1
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (position, change) => {
        const flipped = Buffer.from(bytes)
        flipped[position] = bytes[position]! ^ change
        expect(damagedLine(flipped)).toBe(lineAt(position))
      }),
      { numRuns: 2_000 },
    )
  })

  it('of a byte that no text decoder would tell apart is found', async () => {
    const bytes = await bytesOf(...TEXTS)
    const replacement = bytes.indexOf(Buffer.from('\uFFFD'))
    // The first three bytes of a longer sign, which a forgiving decoder reads as the replacement sign too.
    const other = Buffer.concat([
      bytes.subarray(0, replacement),
      Buffer.from([0xf0, 0x9f, 0x94]),
      bytes.subarray(replacement + 3),
    ])
    expect(other.toString('utf8')).toBe(bytes.toString('utf8'))
    expect(damagedLine(other)).toBe(3)
  })

  it('by a line that is deleted is found where the next one stands', async () => {
    const lines = linesOf(await bytesOf(...TEXTS))
    expect(lines).toHaveLength(4)
    for (const gone of [0, 1, 2]) expect(damagedLine(Buffer.concat(lines.toSpliced(gone, 1)))).toBe(gone + 1)
  })

  it('by two lines in the other order is found at the first of them', async () => {
    const [one, two, three, four] = linesOf(await bytesOf(...TEXTS)) as [Buffer, Buffer, Buffer, Buffer]
    expect(damagedLine(Buffer.concat([two, one, three, four]))).toBe(1)
    expect(damagedLine(Buffer.concat([one, two, four, three]))).toBe(3)
  })

  it('by a line that is put in is found: twice the same, one of another journal, or rubbish', async () => {
    const lines = linesOf(await bytesOf(...TEXTS))
    const foreign = linesOf(await bytesOf('one', 'other'))[1]!
    const put = (line: Buffer) => damagedLine(Buffer.concat(lines.toSpliced(2, 0, line)))
    expect(put(lines[1]!)).toBe(3)
    expect(put(foreign)).toBe(3)
    expect(put(Buffer.from('{}\n'))).toBe(3)
    expect(put(Buffer.from('\n'))).toBe(3)
  })

  it('by a first line that belongs to the middle of a chain is found', async () => {
    const [, second] = linesOf(await bytesOf(...TEXTS))
    expect(damagedLine(second!)).toBe(1)
  })

  it('is a failure that says what to do, and repairs nothing', async () => {
    const bytes = await bytesOf('one')
    bytes[5] = 0
    expect(failureOf(verifyJournal(bytes, 'j'))).toMatchObject({
      kind: 'environment',
      code: 'journal.damaged',
      message: 'j, line 1: its bytes do not match its hash',
    })
  })

  it('by lines cut off whole at the end is what a chain cannot see: that is what the head is for', async () => {
    const lines = linesOf(await bytesOf(...TEXTS))
    expect(damagedLine(Buffer.concat(lines.slice(0, 2)))).toBeUndefined()
  })
})

describe('a fold over a journal', () => {
  it('gets every entry, and the proof that it was whole', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    await (await write(file, ...TEXTS)).close()
    const { folded, checked } = okOf(foldJournal(file, entries => [...entries].length))
    expect(folded).toBe(4)
    expect(checked).toMatchObject({ torn: 0, head: okOf(await readJournal(file)).head })
  })

  it('that is left early does not hide what is damaged behind', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    const bytes = await bytesOf(...TEXTS)
    bytes[bytes.lastIndexOf('four')] = 0x46
    writeFileSync(file, bytes)
    const first = (entries: Iterable<unknown>): unknown => {
      for (const entry of entries) return entry
    }
    expect(failureOf(foldJournal(file, first)).message).toContain('line 4: ')
  })

  it('lets an error of the fold through: that is a bug, and no damage', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    await (await write(file, 'one')).close()
    const broken = (): never => {
      throw new Error('a bug')
    }
    expect(() => foldJournal(file, broken)).toThrow('a bug')
  })
})
