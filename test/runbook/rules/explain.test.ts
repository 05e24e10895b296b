import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { lint } from '../../../src/commands/lint.js'
import type { Io } from '../../../src/commands/support/io.js'

const explained = async (id: string, format = 'text') => {
  const [out, err] = [new PassThrough(), new PassThrough()]
  // It writes only; the streams of a process have more to them. There is no such folder: nothing is to be read.
  const io = { input: new PassThrough(), out, err, env: {}, cwd: '/nowhere' } as unknown as Io
  const code = await lint(io, [], { explain: id, format })
  return { code, out: String(out.read() ?? ''), err: String(err.read() ?? '') }
}

describe('lint --explain', () => {
  test('prints the page of a rule, and checks nothing', async () => {
    const { code, out, err } = await explained('yaml-number')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(
      /^error\[yaml-number\]\nYAML reads this .*\n\nLeading zeros .*\n\nwrong:\n {2}- id: look\n(?: .*\n)*\nright:\n {2}- id: look\n/,
    )
    expect(out).toContain('    with: { cluster: 007 }\n')
    expect(out).toContain('    with: { cluster: "007" }\n')
  })

  test('names the nearest rule where there is none of that name', async () => {
    expect(await explained('maybe-unfinishd')).toEqual({
      code: 2,
      out: '',
      err: 'firebreak: there is no rule maybe-unfinishd\n  next: did you mean `maybe-unfinished`?\n',
    })
  })

  test.each(['constructor', '__proto__', '', 'x'.repeat(500)])('knows no rule %j', async id => {
    const { code, err } = await explained(id)
    expect(code).toBe(2)
    expect(err).toMatch(/there is no rule .*\n {2}next: /)
  })

  test('is data where JSON is asked for', async () => {
    const { out } = await explained('hot-loop', 'json')
    expect(JSON.parse(out)).toMatchObject({
      v: 1,
      rule: 'hot-loop',
      severity: 'error',
      good: expect.any(String),
    })
  })
})
