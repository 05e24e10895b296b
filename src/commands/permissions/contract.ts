// permissions: the least that the runbooks need, as a policy of IAM. Facts about IAM stand in statements.ts.

export type Condition = { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } }

/** As IAM reads it, in this order of keys. */
export type Statement = {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: Condition
}

export type Policy = { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] }

/** What a part of the fleet file says that conditions can be made of. */
export type Ground = {
  /** `arn:aws:ec2:us-east-1:123456789012:` and what follows. */
  readonly ec2Arn: (resource: string) => string
  readonly partition: string
  readonly region: string
  readonly account: string
  /** Tags by which proxies are found, a condition for each group of clusters that needs one of its own. */
  readonly tags: readonly TagCondition[]
  /** Clusters whose proxies are listed by name: no tag tells their instances from others. */
  readonly untagged: readonly string[]
  /** Ids or names. */
  readonly launchTemplates: readonly string[]
  readonly subnets: readonly string[]
  readonly instanceTypes: readonly string[]
  /** Ids. */
  readonly networkAcls: readonly string[]
}

export type TagCondition = { readonly [key: string]: readonly string[] }

/** `blanks`: what the operator has to fill in or take out before it is given to IAM. */
export type Granted = { readonly statements: readonly Statement[]; readonly blanks: readonly string[] }
