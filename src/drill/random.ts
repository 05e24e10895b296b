type Key = string | number

/**
 * Evenly spread over [0, 1), and always the same for the same seed and keys. There is no stream: what
 * one part of the world draws never shifts what another part gets.
 */
export const unit = (seed: number, ...keys: readonly Key[]): number => hash(seed, keys) / 2 ** 32

/** Evenly spread over [from, to). */
export const between = (
  range: { readonly from: number; readonly to: number },
  seed: number,
  ...keys: readonly Key[]
): number => range.from + unit(seed, ...keys) * (range.to - range.from)

/** One of them; undefined where there is none. */
export const pick = <T>(choices: readonly T[], seed: number, ...keys: readonly Key[]): T | undefined =>
  choices[Math.floor(unit(seed, ...keys) * choices.length)]

/** That many hexadecimal digits, for ids. */
export const hex = (digits: number, seed: number, ...keys: readonly Key[]): string => {
  let text = ''
  for (let part = 0; text.length < digits; part += 1) {
    text += hash(seed, [...keys, part])
      .toString(16)
      .padStart(8, '0')
  }
  return text.slice(0, digits)
}

/** FNV-1a over the text of the keys, then MurmurHash3's finalizer, so that near keys land far apart. */
const hash = (seed: number, keys: readonly Key[]): number => {
  let h = 0x811c9dc5
  for (const character of `${seed}|${keys.join('|')}`) {
    h = Math.imul(h ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
