import type { Scope } from '../ip-filter/denial.js'

/** `11211` or `11211-11214`; undefined where it is neither. */
export const parsePorts = (text: string): Scope['ports'] | undefined => {
  const [, first, last = first] = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/.exec(text) ?? []
  const [from, to] = [Number(first), Number(last)]
  return first !== undefined && from <= to && to <= 65_535 ? { from, to } : undefined
}
