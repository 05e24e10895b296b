import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsAt, parseCsv } from '../../src/providers/haproxy/csv.js'
import { parseStat } from '../../src/providers/haproxy/stat.js'

const HEADER = '# pxname,svname,scur,slim,status,type,rate,last_chk,'

describe('show stat', () => {
  it('finds columns by their names, whatever their order', () => {
    expect(
      parseStat('# rate,type,status,slim,scur,svname,pxname,\n3,0,OPEN,4000,120,FRONTEND,shard1,\n\n'),
    ).toEqual([
      {
        proxy: 'shard1',
        server: 'FRONTEND',
        type: 'frontend',
        status: 'OPEN',
        sessions: 120,
        limit: 4000,
        rate: 3,
      },
    ])
  })

  it('leaves out what HAProxy leaves empty', () => {
    expect(parseStat(`${HEADER}\nbe,s1,0,,no check,2,,,\n\n`)).toEqual([
      { proxy: 'be', server: 's1', type: 'server', status: 'no check', sessions: 0 },
    ])
  })

  it('reads quoted fields with commas, quotes and line ends', () => {
    const rows = parseStat(
      `${HEADER}\nbe,s1,1,,UP,2,0,"Layer4, ""refused""\nthen ok",\nbe,BACKEND,1,,UP,1,0,,\n\n`,
    )
    expect(rows).toHaveLength(2)
  })

  it.each([
    ['cut at the end of a row', `${HEADER}\nbe,s1,1,,UP,2,0,,\n`, 'cut off'],
    ['cut in a row', `${HEADER}\nbe,s1,1`, 'cut off'],
    ['with an open quote', `${HEADER}\nbe,s1,1,,UP,2,0,"oh\n\n`, 'never closed'],
    ['without a column', '# pxname,svname,scur,slim,type,rate,\n\n', 'no column status'],
    ['with an unknown type', `${HEADER}\nbe,s1,1,,UP,9,0,,\n\n`, 'row 1'],
    ['with a count that is none', `${HEADER}\nbe,s1,many,,UP,2,0,,\n\n`, 'row 1'],
    ['with a short row', `${HEADER}\nbe,s1\n\n`, 'row 1'],
  ])('refuses a table %s', (_, reply, wrong) => {
    expect(parseStat(reply)).toEqual({ wrong: expect.stringContaining(wrong) })
  })
})

describe('comma-separated fields', () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é') })
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 4 })
  const places = fc.subarray([0, 1, 2, 3], { minLength: 1 })

  it.each([
    ['as they were written, all in quotes', () => true],
    ['as they were written, in quotes where it must be', (text: string) => /["\n,]/.test(text)],
  ])('come back %s, those that were asked for', (_, isQuoted) => {
    fc.assert(
      fc.property(table, places, (rows, chosen) => {
        const cut = rows.map(row => chosen.map(place => row[place] ?? ''))
        expect(parseCsv(toCsv(rows, isQuoted), columnsAt(chosen))).toEqual(cut)
      }),
    )
  })
})

const toCsv = (rows: string[][], isQuoted: (text: string) => boolean): string =>
  rows
    .map(row => row.map(text => (isQuoted(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(','))
    .join('\n')
