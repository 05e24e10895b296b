/**
 * A prefix in the one way in which EC2 keeps it: host bits cleared, IPv6 as RFC 5952 writes it, with its length.
 * Undefined where the text is no prefix with a length, or an IPv4-mapped one: no packet comes from such an address.
 */
export const canonicalCidr = (text: string): string | undefined => {
  const range = readCidr(text)
  return range === undefined ? undefined : `${writeAddress(range)}/${range.length}`
}

/** Whether the address is one of the prefix. An address of the other family never is. */
export const isWithin = (address: string, cidr: string): boolean => {
  const [one, range] = [readAddress(address), readCidr(cidr)]
  return (
    one !== undefined &&
    range !== undefined &&
    one.bits === range.bits &&
    network(one, range.length) === range.value
  )
}

export const isIpv6 = (cidr: string): boolean => cidr.includes(':')

type Address = { readonly bits: 32 | 128; readonly value: bigint }

const readCidr = (text: string): (Address & { readonly length: number }) | undefined => {
  const [, written = '', size = ''] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? []
  const [address, length] = [readAddress(written), Number(size)]
  if (address === undefined || length > address.bits) return undefined
  return isMapped(address) && length >= 96 ? undefined : { ...address, length, value: network(address, length) }
}

const network = ({ bits, value }: Address, length: number): bigint => {
  const host = BigInt(bits - length)
  return (value >> host) << host
}

const isMapped = ({ bits, value }: Address): boolean => bits === 128 && value >> 32n === 0xffffn

const readAddress = (text: string): Address | undefined => {
  const isWide = isIpv6(text)
  const groups = isWide ? ipv6Groups(text) : ipv4Groups(text)
  if (groups === undefined) return undefined
  const value = groups.reduce((sum, group) => (sum << (isWide ? 16n : 8n)) | BigInt(group), 0n)
  return { bits: isWide ? 128 : 32, value }
}

/** A leading zero is refused: some read it as octal. */
const ipv4Groups = (text: string): readonly number[] | undefined => {
  const groups = text.split('.')
  const fits =
    groups.length === 4 && groups.every(group => /^(?:0|[1-9]\d{0,2})$/.test(group) && Number(group) < 256)
  return fits ? groups.map(Number) : undefined
}

const ipv6Groups = (text: string): readonly number[] | undefined => {
  const [head = '', tail, ...more] = text.split('::')
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')]
  const absent = 8 - before.length - after.length
  const fits = more.length === 0 && (tail === undefined ? absent === 0 : absent > 0)
  if (!fits || ![...before, ...after].every(group => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return [...before, ...Array<string>(absent).fill('0'), ...after].map(group => Number.parseInt(group, 16))
}

const groupsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(':'))

const writeAddress = ({ bits, value }: Address): string => {
  const [count, size, base] = bits === 32 ? ([4, 8, 10] as const) : ([8, 16, 16] as const)
  const groups = Array.from({ length: count }, (_, index) =>
    Number((value >> BigInt(size * (count - 1 - index))) & BigInt(2 ** size - 1)).toString(base),
  )
  return bits === 32 ? groups.join('.') : shortened(groups)
}

/** `::` stands for the longest run of zeros, the first of equals, and never for a single one. */
const shortened = (groups: readonly string[]): string => {
  const text = groups.join(':')
  const runs = text.match(/(?<![^:])0(?::0)+(?![^:])/g) ?? []
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '')
  if (longest === '') return text
  const at = runStart(text, longest)
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`
}

/** Where the run stands as whole groups: `0:0` is also the end of `10:0`. */
const runStart = (text: string, run: string): number => `:${text}:`.indexOf(`:${run}:`)
