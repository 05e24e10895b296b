/** One host of a cluster, as discovery found it. Addresses are already filled into the templates. */
export type Target = {
  /** The instance id, or the static id. */
  readonly id: string
  readonly cluster: string
  readonly role: 'proxy' | 'shard'
  /** Runtime API of a proxy: `tcp://…`, `unix:…`. */
  readonly admin?: string
  /** Data path: for a proxy, its first frontend. */
  readonly data: string
  readonly zone?: string
  readonly subnet?: string
  readonly instanceType?: string
  readonly privateIp?: string
  readonly publicIp?: string
  readonly launchedAt?: string
  readonly tags: { readonly [key: string]: string }
}

/** What discovery found, and when. `saved` means that the source could not be asked now. */
export type Inventory = {
  readonly cluster: string
  readonly role: 'proxy' | 'shard'
  readonly at: number
  readonly source: 'static' | 'ec2' | 'saved'
  /** With `saved`: why the source could not be asked. */
  readonly because?: string
  readonly targets: readonly Target[]
}
