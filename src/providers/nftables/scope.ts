import { fail, type Result } from '../../domain/result.js'
import type { PortScope } from './contract.js'

/** Why it can be no scope. Judged here, because it is written into a script. */
export const wrongScope = ({ ports: { from, to } }: PortScope): Result<never> | undefined =>
  isPort(from) && isPort(to) && from <= to
    ? undefined
    : fail(
        'input.invalid',
        `${from} to ${to} cannot be a range of ports.`,
        'Give whole numbers from 1 to 65535, the lower one first. Nothing was sent.',
      )

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535
