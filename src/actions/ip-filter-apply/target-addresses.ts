import { parsePrefix } from '../../fleet/addresses/parse-prefix.js'
import type { Prefix } from '../../fleet/addresses/prefix.js'
import type { Target } from '../../fleet/inventory.js'

/** Every address by which that host is known here. A name of a host is none: what it leads to may change. */
export const addressesOf = ({ admin, data, privateIp, publicIp }: Target): readonly Prefix[] => {
  const hosts = [admin, data].flatMap(url => hostIn(url ?? '') ?? [])
  const read = [...hosts, privateIp, publicIp].flatMap(text => {
    const parsed = parsePrefix(text ?? '')
    return parsed.ok ? [parsed.value.prefix] : []
  })
  return [...new Set(read)]
}

/** `ssh://user@[2001:db8::7]:22/run/admin.sock` */
const hostIn = (url: string): string | undefined => {
  const [, bracketed, plain] = /^\w+:\/\/(?:[^@/]+@)?(?:\[([^\]]+)\]|([^:/]+))/.exec(url) ?? []
  return bracketed ?? plain
}
