// Outputs that are too large for a line: each stands in a file of its own, named after its bytes, and the
// line holds the name. Whoever reads the journal gets the output back.

import { hash } from 'node:crypto'
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Event, RecordedType } from '../domain/event.js'
import { isJsonObject, type Json, type JsonObject } from '../domain/json.js'

/** Bytes of an output's JSON above which it does not stand in its line. */
const ARTIFACT_BYTES = 65_536

/** Where an event carries what a check or an op gave back: of any size. */
const SHELVED: { readonly [T in RecordedType]?: string } = {
  'check.observed': 'output',
  'op.finished': 'result',
  'op.resolved': 'result',
  'step.finished': 'output',
  'apply.finished': 'output',
}

/** The bytes of an artifact, and the name that follows from them. */
export type Artifact = { readonly name: string; readonly text: string }

type Reference = { readonly artifact: string; readonly bytes: number }

/** The event as its line holds it, and the artifact that must be on disk before the line is. */
export const shelve = (event: Event): { readonly event: Event; readonly artifact?: Artifact } => {
  const field = SHELVED[event.type]
  const data: Readonly<Record<string, unknown>> = event.data
  const output = field === undefined ? undefined : data[field]
  if (field === undefined || output === undefined || isSmall(output)) return { event }
  const text = JSON.stringify(output)
  const bytes = Buffer.byteLength(text)
  // An output that looks like a reference would be taken for one: it becomes an artifact too.
  if (bytes <= ARTIFACT_BYTES && !referenceIn(output)) return { event }
  const name = hash('sha256', text)
  const reference: Reference = { artifact: name, bytes }
  // The same type with its output exchanged; spreading a union loses that they belong together.
  return { event: { ...event, data: { ...data, [field]: reference } } as Event, artifact: { name, text } }
}

const isSmall = (output: unknown): boolean =>
  output === null || typeof output === 'number' || typeof output === 'boolean'

/** Puts artifacts in a folder: on disk when the promise resolves. One that stands there already is left alone. */
export const artifactWriter = (folder: string) => {
  const standing = new Set<string>()
  return async ({ name, text }: Artifact): Promise<void> => {
    if (standing.has(name)) return
    await mkdir(folder, { mode: 0o700 }).catch(unlessThere)
    const file = path.join(folder, name)
    // A crash may have left a part of it, which no line refers to: that is written over.
    if (!(await isWhole(file, text))) await withFile(file, 'w', handle => handle.writeFile(text))
    await withFile(folder, 'r', async () => {})
    standing.add(name)
  }
}

const unlessThere = (error: unknown): void => {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
}

const isWhole = async (file: string, text: string): Promise<boolean> => {
  const found = await readFile(file, 'utf8').catch(() => undefined)
  return found === text
}

const withFile = async (
  name: string,
  flags: 'w' | 'r',
  work: (handle: FileHandle) => Promise<void>,
): Promise<void> => {
  const handle = await open(name, flags, 0o600)
  try {
    await work(handle)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The bytes of an artifact by its name; undefined where there is none. */
export type ReadArtifact = (name: string) => Buffer | undefined

/**
 * Puts the output back into an event as it was parsed from its line; a text says what is wrong with the artifact.
 * `known` keeps those that were read: a check and its step hold the same one.
 */
export const unshelve = (
  type: string,
  data: JsonObject,
  read: ReadArtifact,
  known: Map<string, Json>,
): string | undefined => {
  const field = SHELVED[type as RecordedType] // a type that is none has no field
  const reference = field === undefined ? undefined : referenceIn(data[field])
  if (field === undefined || reference === undefined) return undefined
  const { artifact, bytes } = reference
  const before = known.get(artifact)
  if (before !== undefined) {
    data[field] = before
    return undefined
  }
  const found = read(artifact)
  if (!found) return `its artifact ${artifact} is missing`
  if (found.length !== bytes || hash('sha256', found) !== artifact)
    return `its artifact ${artifact} does not match its hash`
  const output: Json = JSON.parse(found.toString('utf8'))
  known.set(artifact, output)
  data[field] = output
  return undefined
}

const NAME = /^[0-9a-f]{64}$/

const referenceIn = (output: unknown): Reference | undefined => {
  if (!isJsonObject(output)) return undefined
  const { artifact, bytes } = output
  if (typeof artifact !== 'string' || typeof bytes !== 'number') return undefined
  return NAME.test(artifact) && Object.keys(output).length === 2 ? { artifact, bytes } : undefined
}
