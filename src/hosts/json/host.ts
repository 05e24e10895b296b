import type { Host, Streams } from '../contract.js'

/** stdout is the journal's lines verbatim and nothing else; stdin is not read, so nobody answers here. */
export const createJsonHost = ({ out }: Pick<Streams, 'out'>): Host => ({
  notify: ({ line }) => {
    out.write(`${line}\n`)
  },
  request: async () => undefined,
})
