import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../src/domain/redact.js'

/** As operators have them: generated keys, passwords with anything in them, lines of a PEM file. */
const secret = fc
  .oneof(
    fc.string({ minLength: 6, maxLength: 60 }),
    fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme' }),
    fc.base64String({ minLength: 8, maxLength: 200 }),
    fc
      .array(fc.base64String({ minLength: 8, maxLength: 64 }), { minLength: 2, maxLength: 4 })
      .map(l => l.join('\n')),
  )
  .filter(value => value.length >= 6)

const percentAll = (text: string): string =>
  [...Buffer.from(text)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')
const asciiJson = (text: string): string =>
  JSON.stringify(text).replace(/[^ -~]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
const inner = (json: string): string => json.slice(1, -1)

/** Ways to write a text down, each by somebody else's encoder. */
const FORMS: { readonly [form: string]: (value: string) => string } = {
  'as it is': value => value,
  'in base64': value => Buffer.from(value).toString('base64'),
  'in base64url': value => Buffer.from(value).toString('base64url'),
  'in base64 in a query': value => encodeURIComponent(Buffer.from(value).toString('base64')),
  'in base64 wrapped at 16': value => Buffer.from(value).toString('base64').replace(/.{16}/g, '$&\r\n'),
  'percent-encoded': value => encodeURIComponent(value),
  'percent-encoded as a whole address': value => encodeURI(value),
  'percent-encoded to the last character': percentAll,
  'percent-encoded in capitals': value => percentAll(value).toUpperCase(),
  'as a form sends it': value => new URLSearchParams({ v: value }).toString().slice(2),
  'escaped as in JSON': value => inner(JSON.stringify(value)),
  'escaped as in JSON in JSON': value => inner(JSON.stringify(inner(JSON.stringify(value)))),
  'escaped as in JSON of ASCII only': value => inner(asciiJson(value)),
}

/** Whether anybody could read the value from it; told from what is left, not from the pattern. */
const shows = (text: string, written: string): boolean => text.includes(written)

describe('a secret', () => {
  it.each(Object.entries(FORMS))('does not survive %s, whatever stands around it', (_, write) => {
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        const wellFormed = Buffer.from(value).toString('utf8') === value
        fc.pre(wellFormed)
        const written = write(value)
        const { text } = createRedactor([{ name: 'KEY', value }])
        const clean = text(`${before}${written}${after}`)
        expect(shows(clean, written)).toBe(false)
        expect(clean.length).toBeLessThan(before.length + after.length + written.length + '[secret KEY]'.length)
      }),
    )
  })

  it('does not survive inside a longer base64 text, wherever it begins in it', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6, maxLength: 40 }),
        fc.string({ maxLength: 10 }),
        fc.string({ maxLength: 10 }),
        fc.constantFrom('base64', 'base64url'),
        (value, before, after, encoding) => {
          const { text } = createRedactor([{ name: 'KEY', value }])
          const clean = text(Buffer.from(`${before}${value}${after}`).toString(encoding as 'base64'))
          // What is left decodes to what stood around it; up to two bytes beside the value went with it.
          const [head = '', tail = ''] = clean.split(/\[(?:secret KEY|\*\*\*)\]/)
          expect(`${before}${value}`).toContain(Buffer.from(head, 'base64').toString())
          expect(before.startsWith(Buffer.from(head, 'base64').toString())).toBe(true)
          expect(tail.length).toBeLessThanOrEqual(Math.ceil((after.length * 4) / 3) + 3)
        },
      ),
    )
  })

  it.each(['u:', 'us:', 'use:'])('does not survive in the Authorization header of user %s', user => {
    const { text } = createRedactor([{ name: 'KEY', value: 'hunter2-hunter2' }])
    const clean = text(`authorization: Basic ${Buffer.from(`${user}hunter2-hunter2`).toString('base64')}`)
    expect(clean).toMatch(/^authorization: Basic [\w=]*\[secret KEY\]=*$/)
    const left = clean.replace('authorization: Basic ', '').split('[secret KEY]')[0] ?? ''
    expect(user.startsWith(Buffer.from(left, 'base64').toString())).toBe(true)
  })

  it('does not survive in any text of a tree, nor in its keys', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{12}$/), fc.jsonValue(), (value, tree) => {
        const { tree: redact } = createRedactor([{ name: 'KEY', value }])
        const full = { a: [tree, { [value]: `x${value}` }], b: { c: [value] } }
        expect(JSON.stringify(redact(full))).not.toContain(value)
      }),
    )
  })

  it('that is also the name of another, or a word of the marker, is not put back by it', () => {
    const values = [
      { name: 'hunter2-a', value: 'hunter2' },
      { name: 'B', value: 'secret' },
    ]
    const clean = createRedactor(values).text('x hunter2 y secret z')
    expect(clean).toBe('x [***] y [***] z')
  })

  it('that begins like another does not leave the rest of that one', () => {
    const values = [
      { name: 'A', value: 'abcdef' },
      { name: 'B', value: 'abcdefghij' },
    ]
    expect(createRedactor(values).text('abcdefghij abcdef')).toBe('[secret B] [secret A]')
  })

  it('with a line break at its end is also found without it', () => {
    expect(createRedactor([{ name: 'A', value: 'abcdef\n' }]).text('x abcdef y')).toBe('x [secret A] y')
  })
})

describe('a text without a secret', () => {
  it('is the same text', () => {
    // None of these characters is part of base64, of an escape, or of the value.
    const plain = fc.string({ unit: fc.constantFrom(' ', '.', ',', ':', '#', '(', ')', 'é', '\n') })
    fc.assert(
      fc.property(fc.stringMatching(/^\w{6,40}$/), plain, (value, text) => {
        expect(createRedactor([{ name: 'KEY', value }]).text(text)).toBe(text)
      }),
    )
  })

  it('is the same tree, to the object', () => {
    fc.assert(
      fc.property(fc.jsonValue(), tree => {
        const { tree: redact } = createRedactor([{ name: 'KEY', value: 'Zq9!Zq9!Zq9!Zq9!' }])
        expect(redact(tree)).toBe(tree)
      }),
    )
  })

  it('is not looked at where there is no secret, or only one that is too short', () => {
    const tree = {
      get deep(): never {
        throw new Error('looked at')
      },
    }
    expect(createRedactor([]).tree(tree)).toBe(tree)
    expect(createRedactor([{ name: 'A', value: 'on' }]).tree(tree)).toBe(tree)
  })

  it.each(['\\'.repeat(200_000), '%'.repeat(200_000), `${'QU '.repeat(70_000)}`, 'a'.repeat(200_000)])(
    'is read in one go, however it is made',
    text => {
      const values = ['a"b\\c/d', '\\\\\\\\\\\\x', '%%%%%%x', 'AAAAAAAAAAAAb', 'aaaaaaaaaaaaab'].map(value => ({
        name: 'N',
        value,
      }))
      expect(createRedactor(values).text(text)).toBe(text)
    },
    5_000,
  )
})
