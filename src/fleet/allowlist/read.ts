import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { fail, ok, type Result } from '../../domain/result.js'
import type { Fleet } from '../fleet.js'
import type { Allowlist, AllowlistFile, Protected } from './allowlist.js'
import { parseAllowlist } from './parse.js'

/**
 * All of the fleet's allowlist as it stands now; or why it cannot be relied on, with the line. Then nothing may be
 * blocked by it: half a list protects half of the customers. Synchronous: the files are small.
 */
export const readAllowlist = ({ file: fleetFile, allowlist }: Fleet): Result<Allowlist> => {
  if (!allowlist)
    return fail(
      'allowlist.unusable',
      `${fleetFile} has no allowlist, so that nobody is known who must not be blocked.`,
      'Add `allowlist: { files: [allowlist/customers.txt], max_age: 7d }`, and write the addresses of customers and monitoring into that file, one a line.',
    )
  const read: (Part & AllowlistFile)[] = []
  for (const file of allowlist.files) {
    const part = readPart(path.resolve(path.dirname(fleetFile), file), file)
    if (!part.ok) return part
    read.push(part.value)
  }
  const entries = read.flatMap(part => part.entries)
  return ok({
    entries,
    files: read.map(({ file, changedAt }) => ({ file, changedAt })),
    hash: hashOf(entries),
  })
}

type Part = { readonly entries: readonly Protected[] }

const readPart = (where: string, file: string): Result<Part & AllowlistFile> => {
  const text = textOf(where, file)
  if (!text.ok) return text
  const { entries, malformed } = parseAllowlist(file, text.value.text)
  const [first, ...more] = malformed
  if (first)
    return fail(
      'allowlist.unusable',
      `${first.at}: ${first.message}${more.length > 0 ? ` ${more.length} more of its lines cannot be read.` : ''}`,
      first.next,
    )
  if (entries.length === 0)
    return fail(
      'allowlist.unusable',
      `${file} has no address in it, so that it protects nobody.`,
      'Write the addresses into it, one a line; or take it out of `allowlist.files` where nobody is meant.',
    )
  return ok({ entries, file, changedAt: text.value.changedAt })
}

const textOf = (where: string, file: string): Result<{ readonly text: string; readonly changedAt: number }> => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(where))
    return ok({ text, changedAt: statSync(where).mtimeMs })
  } catch (error) {
    return fail(
      'allowlist.unusable',
      `the allowlist ${file} cannot be read: ${error instanceof Error ? error.message : error}`,
      'Bring the file back (`git status` shows what became of it), and look whether it is text in UTF-8.',
    )
  }
}

const hashOf = (entries: readonly Protected[]): string =>
  createHash('sha256')
    .update([...new Set(entries.map(({ prefix }) => prefix))].sort().join('\n'))
    .digest('hex')
