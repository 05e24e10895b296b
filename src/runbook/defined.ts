/** Without the keys that are undefined: with `exactOptionalPropertyTypes`, absent and undefined differ. */
export const defined = <T extends object>(record: T): Defined<T> => {
  const kept: { [key: string]: unknown } = {}
  for (const [key, value] of Object.entries(record)) if (value !== undefined) kept[key] = value
  // The loop does what the type says, and cannot say it.
  return kept as Defined<T>
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}
