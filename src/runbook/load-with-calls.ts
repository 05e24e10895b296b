import { type Diagnostic, sortDiagnostics } from '../source/diagnostic.js'
import { checkCalls } from './calls.js'
import { callFileOf, findCalled } from './find-called.js'
import type { FoundRunbook, Library } from './library.js'
import type { LoadedRunbook } from './load.js'

/** A runbook with every other one that it can lead to. */
export type LoadedWithCalls = {
  readonly main: LoadedRunbook
  /** By the names that calls use. The main one is not among them: where they lead back to it, it is by its name. */
  readonly others: ReadonlyMap<string, FoundRunbook>
  /** Of all these files, and of how they fit together; sorted by file and place. */
  readonly diagnostics: readonly Diagnostic[]
  /** Texts by file, for excerpts. */
  readonly sources: ReadonlyMap<string, string>
}

/** Loads all that a runbook can lead to, and what that can lead to in its turn. Never rejects. */
export const loadWithCalls = async (main: FoundRunbook, library: Library): Promise<LoadedWithCalls> => {
  const own = callFileOf(main)
  const called = await findCalled([own], library)
  const files = [...new Map([main, ...called.found.values()].map(one => [one.file, one])).values()]
  const calling = new Map([own, ...called.callees.values()].map(one => [one.file, one]))
  return {
    main: main.loaded,
    others: called.found,
    diagnostics: sortDiagnostics([
      ...files.flatMap(({ loaded }) => loaded.diagnostics),
      ...checkCalls([...calling.values()], called),
    ]),
    sources: new Map(files.map(({ file, loaded }) => [file, loaded.source])),
  }
}
