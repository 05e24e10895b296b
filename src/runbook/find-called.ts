import type { CallFile } from './calls.js'
import type { FoundRunbook, Library } from './library.js'

/** The runbooks that some files lead to, by the names that calls use. */
export type Called = {
  readonly callees: ReadonlyMap<string, CallFile>
  /** Those of them that were looked for, beside the files that were given. */
  readonly found: ReadonlyMap<string, FoundRunbook>
  /** Names that could have been meant where there is none of that name. */
  readonly names: readonly string[]
}

export const callFileOf = ({ file, loaded }: FoundRunbook): CallFile => {
  const { callable, calls, source } = loaded
  return { file, calls, source, ...(callable === undefined ? {} : { callable }) }
}

/** Follows every call from those files: to one of them by its name, else to what the library has. */
export const findCalled = async (files: readonly CallFile[], library: Library): Promise<Called> => {
  const callees = new Map(
    files
      .toReversed()
      .flatMap(file => (file.callable === undefined ? [] : [[file.callable.name, file] as const])),
  )
  const found = new Map<string, FoundRunbook>()
  const names = new Set(callees.keys())
  const waiting = [...files]
  // It grows while it is gone through: what is found may lead on.
  for (const { file, calls } of waiting) {
    for (const { runbook } of calls) {
      if (callees.has(runbook)) continue
      const one = await library.find(runbook, file)
      if (one === undefined) {
        for (const name of await library.names(file)) names.add(name)
        continue
      }
      const called = callFileOf(one)
      found.set(runbook, one)
      callees.set(runbook, called)
      waiting.push(called)
    }
  }
  return { callees, found, names: [...names] }
}
