/** What goes wrong in a simulated fleet, in the order in which a runbook's tests ask for it. */
export const WORLD = { sick: 'sick', calm: 'calm', moving: 'moving', stuck: 'stuck' } as const
export type World = (typeof WORLD)[keyof typeof WORLD]

type Written = {
  readonly runbook: string
  readonly title: string
  readonly cluster: string
  /** Any frontend of its proxies. */
  readonly frontend: string
}

/** The world of a drill, as a scenario of that name. */
export const scenarioText = (name: string, world: World, place: Written): string => {
  const { words, faults } = WORLDS[world]
  return `scenario: ${name}
title: ${JSON.stringify(words === '' ? place.title : `${place.title}: ${words}`)}
runbook: ${place.runbook}
inputs: { cluster: ${place.cluster} }
clusters:
  ${place.cluster}:
    proxies: 6
    shards: 4
    connections: 400 # per proxy, on a calm day
    limit: 4000 # maxconn of one proxy
faults:${faults(place)}`
}

type Faults = (place: Pick<Written, 'cluster' | 'frontend'>) => string

const hot = (cluster: string, begins: string): string => `
  - kind: hot-host # sticks to the machine: whoever serves from it is hot
    cluster: ${cluster}
    role: proxy # which one, the seed chooses
    begins: ${begins} # counted from the alert that starts the drill
    factor: { from: 4, to: 9 } # times the calm connections, once fully up
    ramp: { from: 45s, to: 120s }
`

const BEFORE = '{ from: -4m, to: -3m }'

const WORLDS: { readonly [W in World]: { readonly words: string; readonly faults: Faults } } = {
  sick: { words: '', faults: ({ cluster }) => hot(cluster, '{ from: -4m, to: -1m }') },
  calm: { words: 'nothing is wrong', faults: () => ' []\n' },
  moving: {
    words: 'machine after machine gets sick',
    faults: ({ cluster }) =>
      [BEFORE, '{ from: 70s, to: 90s }', '{ from: 7m20s, to: 8m }']
        .map(begins => hot(cluster, begins))
        .join(''),
  },
  stuck: {
    words: 'no proxy can be told to stop accepting',
    faults: ({
      cluster,
      frontend,
    }) => `${hot(cluster, BEFORE)}  - kind: stuck-frontend # HAProxy refuses to pause it
    cluster: ${cluster}
    role: proxy
    frontend: ${frontend}
    proxies: 6
`,
  },
}
