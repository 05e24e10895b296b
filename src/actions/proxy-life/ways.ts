import type { Haproxy, StatRow } from '../../providers/contract.js'

/** A frontend is turned one way or the other; each way takes the other one back. */
export type Turn = 'disable' | 'enable'
export type FrontendState = 'open' | 'stopped'

type Way = {
  readonly from: FrontendState
  readonly to: FrontendState
  readonly op: string
  readonly back: Turn
  /** What an operator reads that it does to a frontend. */
  readonly words: string
  readonly send: (haproxy: Haproxy, frontend: string) => ReturnType<Haproxy['disableFrontend']>
}

export const WAYS: { readonly [T in Turn]: Way } = {
  disable: {
    from: 'open',
    to: 'stopped',
    op: 'disable-frontend',
    back: 'enable',
    words: 'Stop accepting on',
    send: (haproxy, frontend) => haproxy.disableFrontend(frontend),
  },
  enable: {
    from: 'stopped',
    to: 'open',
    op: 'enable-frontend',
    back: 'disable',
    words: 'Accept again on',
    send: (haproxy, frontend) => haproxy.enableFrontend(frontend),
  },
}

/** Open also where it is full: it accepts as soon as somebody leaves. */
export const stateOf = ({ status }: StatRow): FrontendState =>
  status === 'PAUSED' || status === 'STOP' ? 'stopped' : 'open'
