/** Whether the caller may do what a plan would do, as EC2 says; never more than that. */
export type Permission = {
  readonly permission: string
  readonly verdict: 'allowed' | 'denied' | 'unknown'
  readonly detail: string
}
