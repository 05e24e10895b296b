import type { Sight } from './ops/survey.js'

/** What a replacement has still before it, as the looks between the proxies leave it. Ids of old proxies. */
export type Course = {
  /** Of this plan, and not begun. */
  readonly todo: readonly string[]
  /** Named, for plans of their own. */
  readonly later: readonly string[]
  /** They were hot when the plan was made, and have cooled. */
  readonly dropped: readonly string[]
  /** Hot since then, or again: nobody has agreed to them yet. */
  readonly found: readonly string[]
}

/** What the plan was made by. */
export type Basis = {
  readonly named: readonly string[]
  readonly hot: { readonly [target: string]: string }
}

/**
 * A look can only take away from what was agreed to. Dropped is who was hot and answers and is not any more: not who
 * was named by hand or for not answering, and not who does not answer now. What is newly hot is proposed; but not
 * what this incident has launched itself, where replacing the replacement would help nobody.
 */
export const lookedAgain = (course: Course, { named, hot }: Basis, now: Sight): Course => {
  const isHot = (id: string): boolean => Object.hasOwn(now.hot, id)
  const hasCooled = (id: string): boolean => Object.hasOwn(hot, id) && now.seen.includes(id) && !isHot(id)
  const cooled = [...course.todo, ...course.later].filter(hasCooled)
  const dropped = [...course.dropped, ...cooled]
  const isNews = (id: string): boolean =>
    dropped.includes(id) || !(named.includes(id) || Object.hasOwn(hot, id) || now.ours.includes(id))
  return {
    todo: course.todo.filter(id => !hasCooled(id)),
    later: course.later.filter(id => !hasCooled(id)),
    dropped: dropped.filter(id => !isHot(id)),
    found: Object.keys(now.hot).filter(isNews),
  }
}
