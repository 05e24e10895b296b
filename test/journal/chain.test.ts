import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { GENESIS } from '../../src/journal/contract.js'
import { readJournal, reopenJournal } from '../../src/journal/file-journal.js'
import { okOf } from '../engine/results.js'
import { bytesOf, folder, note, optionsFor, verified, write } from './written.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const linesOf = (bytes: Buffer): string[] => bytes.toString('utf8').split('\n').slice(0, -1)

describe('a line of the journal', () => {
  it('ends with the sha256 of itself without that hash', async () => {
    for (const line of linesOf(await bytesOf('first', 'second "quoted", \\ and ü', '🔥'))) {
      const { hash } = JSON.parse(line)
      expect(line.endsWith(`,"hash":"${hash}"}`)).toBe(true)
      expect(hash).toBe(sha256(line.replace(`,"hash":"${hash}"`, '')))
    }
  })

  it('carries the hash of the line before it; the first, zeros', async () => {
    const lines = linesOf(await bytesOf('one', 'two', 'three')).map(line => JSON.parse(line))
    expect(lines.map(({ prev }) => prev)).toEqual([GENESIS, lines[0].hash, lines[1].hash])
    expect(GENESIS).toMatch(/^0{64}$/)
  })

  it('has its fields in their fixed order, and its number', async () => {
    const lines = linesOf(await bytesOf('one', 'two')).map(line => JSON.parse(line))
    for (const line of lines)
      expect(Object.keys(line)).toEqual(['v', 'seq', 'at', 'incident', 'actor', 'type', 'data', 'prev', 'hash'])
    expect(lines.map(({ seq }) => seq)).toEqual([1, 2])
    expect(lines[0]).toMatchObject({ v: 1, incident: 'i-1', ...note('one') })
  })

  it('has wall time and frame in their places, where there are any', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    await (await write(file, 'one')).close()
    const options = { ...optionsFor(file), wall: () => '2026-11-23T04:00:00.000Z' }
    const { journal } = okOf(await reopenJournal(options))
    const line = JSON.parse(
      okOf(
        await journal.append(
          {
            type: 'timer.fired',
            at: '2026-11-23T03:12:09.000Z',
            actor: 'engine',
            frame: 'main',
            data: { step: 'pause', visit: 1, due: '2026-11-23T03:12:09.000Z' },
          },
          false,
        ),
      ),
    )
    await journal.close()
    expect(Object.keys(line).slice(0, 8)).toEqual([
      'v',
      'seq',
      'at',
      'wall',
      'incident',
      'actor',
      'frame',
      'type',
    ])
    expect(line.wall).toBe('2026-11-23T04:00:00.000Z')
  })
})

describe('a chain', () => {
  it('is the same read in pieces: lines that are longer than a piece, and lines that lie across two', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    const texts = [...Array.from({ length: 300 }, (_, n) => `${n} ${'ü'.repeat(n * 7)}`), 'x'.repeat(900_000)]
    await (await write(file, ...texts, 'last')).close()
    const { entries, lines, bytes } = okOf(await readJournal(file))
    expect(entries).toMatchObject([...texts, 'last'].map(note))
    expect([...lines]).toEqual(linesOf(readFileSync(file)))
    expect(bytes).toBe(statSync(file).size)
  })

  it('verifies, and gives back every event, every line and the last hash', async () => {
    const bytes = await bytesOf('one', 'two', 'three')
    const { entries, lines, head, torn, bytes: length } = verified(bytes)
    expect(entries).toMatchObject(['one', 'two', 'three'].map(note))
    expect([...lines]).toEqual(linesOf(bytes))
    expect(head).toBe(JSON.parse([...lines].at(-1)!).hash)
    expect({ torn, length }).toEqual({ torn: 0, length: bytes.length })
  })

  it('goes on where it was left', async () => {
    const file = path.join(folder(), 'journal.jsonl')
    const before = await write(file, 'one', 'two')
    const left = before.head()
    await before.close()
    const { journal, verified: read } = okOf(await reopenJournal(optionsFor(file)))
    expect(read.head).toBe(left)
    const line = JSON.parse(okOf(await journal.append(note('three'), true)))
    expect(line).toMatchObject({ seq: 3, prev: left })
    expect(journal.head()).toBe(line.hash)
    await journal.close()
  })
})
