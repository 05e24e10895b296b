/** Without the keys that are undefined: with `exactOptionalPropertyTypes`, absent and undefined differ. */
export const defined = <T extends object>(record: T): Defined<T> =>
  // The filter does what the type says; Object.fromEntries cannot say it.
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Defined<T>

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}
