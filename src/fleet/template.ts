const FIELD = /\{([^{}]*)\}/g

/** The names between braces, in `tcp://{private_ip}:9999`. */
export const templateFields = (template: string): string[] =>
  [...template.matchAll(FIELD)].map(match => match[1] ?? '')

/**
 * The template with its fields filled in. A field that a target lacks stays as it is: the address then leads
 * nowhere, so that the target shows up as unseen instead of not at all.
 */
export const fillTemplate = (
  template: string,
  fields: { readonly [name: string]: string | undefined },
): string =>
  template.replace(FIELD, (whole, name: string) =>
    Object.hasOwn(fields, name) ? (fields[name] ?? whole) : whole,
  )
