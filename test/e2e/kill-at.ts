const PRELOAD = new URL('./kill-at.mjs', import.meta.url).href

export const KILLED = 'SIGKILL'

/** Environment in which the program ends itself with SIGKILL at `<file>:<n>:<before|torn|after>`: see the preload. */
export const killAt = (moment: string): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import=${PRELOAD}`,
  FIREBREAK_KILL_AT: moment,
})
