import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { fail, ok, type Result } from '../../domain/result.js'
import { readSource } from '../../source/read.js'
import { SECRETS } from './session-deps.js'

/** How the runbook's file differs from what the incident was opened with. */
export type Drift = {
  /** sha256 of the file now; null where it is gone, or no text any more. */
  readonly found: string | null
  /** Ready to print: a unified diff, or why there is none. */
  readonly diff: string
}

/**
 * Keeps the texts of an incident's runbooks with it, its own first, so that a change of a file can be shown. A secret
 * that somebody wrote into one is redacted; then what is kept is no longer that text, and a change is told without
 * being shown.
 */
export const saveRunbookTexts = async (dir: string, origins: readonly Kept[]): Promise<Result<null>> => {
  for (const [index, { name, text }] of origins.entries()) {
    const saved = await save(keptIn(dir, index === 0 ? undefined : name), text)
    if (!saved.ok) return saved
  }
  return ok(null)
}

type Kept = { readonly name: string; readonly text: string }

const save = async (file: string, text: string): Promise<Result<null>> => {
  try {
    await writeFile(file, SECRETS.redact.text(text), { mode: 0o600, flag: 'wx' })
    return ok(null)
  } catch (error) {
    return fail('state.unwritable', `${file}: ${String(error)}`, 'name another folder with --state')
  }
}

/** Whether `source`, where the runbook was read from, still has the hash that the journal holds. Undefined: it has. */
export const findDrift = async (dir: string, { stored, source, name }: Stored): Promise<Drift | undefined> => {
  const now = await readSource(source)
  const [unread] = now.diagnostics
  if (unread) return { found: null, diff: `${source}: ${unread.message}` }
  const found = hashOf(now.source.text)
  if (found === stored) return undefined
  const kept = await readSource(keptIn(dir, name))
  return hashOf(kept.source.text) === stored
    ? { found, diff: diffOf(kept.source.text, now.source.text, source) }
    : { found, diff: `${source} has changed; what it was when the incident was opened is not kept in ${dir}` }
}

/** What the journal holds of a runbook: its hash and its file, and its name where the incident was not opened with it. */
export type Stored = { readonly stored: string; readonly source: string; readonly name?: string }

const keptIn = (dir: string, name?: string): string =>
  path.join(dir, name === undefined ? 'runbook.yaml' : `runbook.${name}.yaml`)

/** As the runbook's own: the text has the bytes of its file. */
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** More edits than an operator would read; telling them takes time that grows with their square. */
const MOST_EDITS = 2_000

const diffOf = (before: string, after: string, source: string): string => {
  const patch = createTwoFilesPatch(
    source,
    source,
    before,
    after,
    'as the incident was opened',
    'as it is now',
    {
      context: 3,
      maxEditLength: MOST_EDITS,
      headerOptions: FILE_HEADERS_ONLY,
    },
  )
  return patch === undefined ? `${source} has more than ${MOST_EDITS} changed lines` : shortened(patch)
}

const MOST_LINES = 200
const MOST_COLUMNS = 400

const shortened = (patch: string): string => {
  const lines = patch.replace(/\n$/, '').split('\n')
  const more = lines.length - MOST_LINES
  const shown = lines.slice(0, MOST_LINES).map(line => visible(cut(line)))
  return [...shown, ...(more > 0 ? [`… and ${more} more line${more === 1 ? '' : 's'}`] : [])].join('\n')
}

const cut = (line: string): string => (line.length > MOST_COLUMNS ? `${line.slice(0, MOST_COLUMNS)}…` : line)

/** A file that somebody changed must not move the cursor, nor look like what it is not. */
const visible = (line: string): string =>
  line.replace(/(?!\t)[\p{Cc}\p{Cf}]/gu, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
