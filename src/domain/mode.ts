/** Two axes: is the fleet real, and are effects applied? */
export type Mode = { readonly fleet: 'real' | 'simulated'; readonly effects: 'applied' | 'withheld' }

/** What every screen shows, so that nobody takes one for the other. */
export const badge = (mode: Mode): 'LIVE' | 'DRY-RUN' | 'DRILL' | 'DRILL DRY-RUN' => {
  if (mode.fleet === 'real') return mode.effects === 'applied' ? 'LIVE' : 'DRY-RUN'
  return mode.effects === 'applied' ? 'DRILL' : 'DRILL DRY-RUN'
}

export const POSTURE = { conservative: 'conservative', aggressive: 'aggressive' } as const
export type Posture = (typeof POSTURE)[keyof typeof POSTURE]
