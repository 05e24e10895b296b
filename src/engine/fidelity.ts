import type { IncidentState } from './state.js'

/** How far a withheld run can be believed, in one line. */
export const formatFidelity = ({ fidelity }: IncidentState): string =>
  [
    `${fidelity['would-change']} would change`,
    `${fidelity.checked} checked`,
    `${fidelity['checked-before-unmade']} checked before unmade changes`,
    `${fidelity['not-evaluable']} not evaluable`,
  ].join(', ')
