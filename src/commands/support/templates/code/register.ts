import type { Names } from './part.js'

/**
 * A registry with one line more, and its import, each where the order of names puts it. Undefined where the text is
 * not that of a registry: better nothing than a line in the wrong place.
 */
export const withLine = (registry: string, { name, folder, identifier }: Names): string | undefined => {
  const lines = registry.split('\n')
  const entry = `  '${name}': ${identifier},`
  const opens = lines.findIndex(line => /^const [A-Z]+ = \{$/.test(line))
  const closes = lines.findIndex((line, index) => index > opens && line.startsWith('} as const'))
  if (opens < 0 || closes < 0) return undefined
  lines.splice(placeOf(lines, entry, { from: opens + 1, to: closes }), 0, entry)
  const imports = lines.findLastIndex((line, index) => index < opens && line.startsWith('import ')) + 1
  const path = `./${folder}/schema.js`
  const at = lines.findIndex((line, index) => index < imports && pathIn(line) > path)
  lines.splice(at < 0 ? imports : at, 0, `import { ${identifier} } from '${path}'`)
  return lines.join('\n')
}

type Range = { readonly from: number; readonly to: number }

const placeOf = (lines: readonly string[], entry: string, { from, to }: Range): number => {
  const after = lines.findIndex((line, index) => index >= from && index < to && line > entry)
  return after < 0 ? to : after
}

/** Empty where the line imports nothing: that comes before everything. */
const pathIn = (line: string): string => /^import .* from '(.*)'$/.exec(line)?.[1] ?? ''

export const isRegistered = (registry: string, { name }: Names): boolean => registry.includes(`'${name}':`)
