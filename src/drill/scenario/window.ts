import { duration, offset } from './values.js'

/** When a fault is there. */
export const window = {
  begins: offset.optional().describe('Counted from the alert; from the alert on where it is not said'),
  lasts: duration.optional().describe('How long; to the end where it is not said'),
}
