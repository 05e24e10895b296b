import type * as z from 'zod'

export type Schema = z.core.JSONSchema.BaseSchema
export type Schemas = { readonly [name: string]: Schema }

/** The same with some of its properties changed. */
export const changed = (schema: Schema = {}, changes: Schemas): Schema => ({
  ...schema,
  properties: {
    ...schema.properties,
    ...Object.fromEntries(
      Object.entries(changes).map(([key, change]) => [key, { ...propertiesOf(schema)[key], ...change }]),
    ),
  },
})

export const mapValues = <T, U>(
  map: { readonly [key: string]: T },
  change: (value: T) => U,
): { [key: string]: U } => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]))

export const isSchema = (schema: unknown): schema is Schema =>
  typeof schema === 'object' && schema !== null && !Array.isArray(schema)

export const asSchemas = (schemas: readonly unknown[] | undefined): Schema[] => (schemas ?? []).filter(isSchema)

export const propertiesOf = ({ properties }: Schema): Schemas =>
  Object.fromEntries(Object.entries(properties ?? {}).filter(([, schema]) => isSchema(schema))) as Schemas // just filtered
