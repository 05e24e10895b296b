// triage: every cluster's proxies at a glance. It only reads: no runbook, no incident, no lock, no question.

import type { Inventory } from '../../fleet/inventory.js'

/** A proxy as triage shows it. Connections and limit are missing where it was not seen. */
export type ProxyView = {
  readonly id: string
  readonly zone?: string
  readonly state: 'calm' | 'hot' | 'unseen'
  readonly connections?: number
  readonly limit?: number
  /** Why it is hot or unseen. */
  readonly why?: string
}

/** `looking`: not judged yet. `unknown`: it cannot be judged now, which is never good news. */
export type ClusterState = 'calm' | 'hot' | 'unseen' | 'unknown' | 'looking'

export type ClusterView = {
  readonly cluster: string
  readonly state: ClusterState
  /** In the words of the check. */
  readonly summary: string
  /** What to do where it is unknown. */
  readonly next?: string
  readonly inventory?: Pick<Inventory, 'at' | 'source' | 'because'>
  /** Median connections of the proxies that answered. */
  readonly median?: number
  /** The worst first. */
  readonly proxies: readonly ProxyView[]
}

/** All of it at one moment, in milliseconds since 1970. */
export type Triage = {
  readonly at: number
  readonly fleet: string
  /** What holds for the whole, such as credentials of another account. */
  readonly warnings: readonly string[]
  readonly clusters: readonly ClusterView[]
}
