const PRELOAD = new URL('./kill-at.mjs', import.meta.url).href

export const KILLED = 'SIGKILL'

/** Environment in which the program ends itself with SIGKILL at `<file>:<which>:<before|torn|after>`: see the preload. */
export const killAt = (moment: string): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--import=${PRELOAD}`,
  FIREBREAK_KILL_AT: moment,
})

/** The same, but it only stands still there (SIGSTOP), alive, until it gets a SIGCONT. */
export const stopAt = (moment: string): Readonly<Record<string, string>> => ({
  ...killAt(moment),
  FIREBREAK_KILL_BY: 'SIGSTOP',
})
