import type { Examination } from './contract.js'

/** As package.json has it under `engines`. */
const OLDEST = [20, 19] as const

export const nodeRows: Examination = {
  name: 'Node',
  examine: async () => {
    const { node } = process.versions
    if (isAtLeast(node)) return [{ state: 'ok', detail: node }]
    return [
      {
        state: 'fail',
        detail: `${node} is older than ${OLDEST.join('.')}`,
        next: `install Node ${OLDEST.join('.')} or later`,
      },
    ]
  },
}

const isAtLeast = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}
