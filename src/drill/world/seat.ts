/** A session of a frontend that is open. */
export type Seat = {
  /** Which one of its frontend it is. */
  readonly number: number
  readonly address: string
  /** Its number and this tell it from every other. */
  readonly since: number
  readonly bornAt: number
}
