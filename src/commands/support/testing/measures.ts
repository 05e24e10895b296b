import type { Measures } from '../../../drill/measures.js'

/** What a drill measures, by the name that a test file and the score have for it. */
export const MEASURES: { readonly [M in keyof Measures]: string } = {
  seconds_to_relief:
    'Seconds from the alert to when hardly anybody was hurt any more, for good; null where that never came',
  customer_seconds_hurt: 'Clients hurt, times the seconds that they were',
  faulted_replaced: 'Machines with a fault that lost their address to another one, or to none, for good',
  healthy_replaced: 'The same of machines without a fault',
  instances_launched: 'Machines launched during the drill',
  instances_leaked: 'Machines launched for the incident and left running, neither in service nor parked',
  connections_cut: 'Live connections that changes broke',
  legit_clients_blocked:
    'Clients that did no harm and were blocked by a filter; 0 while drills simulate no filters',
  minutes: 'Minutes from the alert to the end, to a tenth',
}
