/**
 * Works something out once for each object and key. A world never changes, nor does what it is made of, so what was
 * true of an object stays true; what is no longer part of any world is forgotten with it.
 */
export const once = <T>(): ((of: object, key: string, work: () => T) => T) => {
  const known = new WeakMap<object, Map<string, T>>()
  return (of, key, work) => {
    const ofObject = known.get(of) ?? new Map<string, T>()
    known.set(of, ofObject)
    const before = ofObject.get(key)
    if (before !== undefined) return before
    const made = work()
    ofObject.set(key, made)
    return made
  }
}
