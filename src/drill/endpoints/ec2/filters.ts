import { type Ec2Reply, refuse } from './action.js'
import { type Form, listOf, structsOf } from './form.js'

/** What each filter name looks at; a filter holds where one of its values matches one of these. */
export type FilterFields<T> = Readonly<Record<string, (thing: T) => readonly (string | undefined)[]>>

type Tagged = { readonly tags: Readonly<Record<string, string>> }

/** The test that all filters of the request make together; `*` and `?` are wildcards. */
export const filtersOf = <T extends Tagged>(
  form: Form,
  fields: FilterFields<T>,
):
  | { readonly ok: true; readonly matches: (thing: T) => boolean }
  | Extract<Ec2Reply, { readonly ok: false }> => {
  const tests: ((thing: T) => boolean)[] = []
  for (const filter of structsOf(form, 'Filter')) {
    const name = filter.get('Name') ?? ''
    const patterns = listOf(filter, 'Value').map(wildcard)
    const field = fieldOf(name, fields)
    if (field === undefined) return refuse('InvalidParameterValue', `The filter '${name}' is invalid`)
    if (patterns.length === 0) {
      return refuse('InvalidParameterValue', `The filter '${name}' must have at least one value`)
    }
    tests.push(thing => field(thing).some(value => patterns.some(pattern => pattern.test(value ?? ''))))
  }
  return { ok: true, matches: thing => tests.every(test => test(thing)) }
}

const fieldOf = <T extends Tagged>(
  name: string,
  fields: FilterFields<T>,
): ((thing: T) => readonly (string | undefined)[]) | undefined => {
  if (name === 'tag-key') return thing => Object.keys(thing.tags)
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length)
    return thing => (Object.hasOwn(thing.tags, key) ? [thing.tags[key]] : [])
  }
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

const wildcard = (value: string): RegExp => {
  const literal = value.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
}
