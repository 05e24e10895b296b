import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'
import { atEndOfFile } from '../leftovers.js'
import { type Machine, PROGRAM } from './firebreak.js'
import { NODE } from './node.js'

/** A real terminal with the program in it, and the keys of whoever sits in front of it. */
export type Terminal = {
  /** Everything that was on the screen and what scrolled off it; wrapped lines joined. */
  readonly screen: () => Promise<string>
  /** Waits until the screen says it. */
  readonly says: (wanted: string | RegExp) => Promise<void>
  /** Keys by their tmux names (`Enter`, `C-c`), or text that is typed as it is. */
  readonly press: (...keys: string[]) => Promise<void>
  readonly hold: (key: string, times: number) => Promise<void>
  /** The exit code, once the program has ended. */
  readonly ended: () => Promise<number>
  /** Closes the window, as a dropped ssh connection does. */
  readonly close: () => Promise<void>
}

export type Size = { readonly columns: number; readonly rows: number }

const PATIENCE_MS = 15_000
let servers = 0

/** Opens a terminal of that size in a tmux server of its own, which ends with the test file. */
export const openTerminal = async (
  machine: Machine,
  args: readonly string[],
  { columns, rows }: Size = { columns: 80, rows: 24 },
): Promise<Terminal> => {
  const socket = `firebreak-${process.pid}-${servers++}`
  const tmux = async (...command: string[]): Promise<string> => {
    const { stdout, failed, stderr } = await execa('tmux', ['-L', socket, '-f', '/dev/null', ...command], {
      cwd: machine.cwd,
      env: { ...machine.env, TMUX_TMPDIR: machine.dir, TERM: 'xterm-256color', NO_COLOR: '1' }, // and so no CI: inquirer looks at it
      extendEnv: false,
      reject: false,
      timeout: 10_000,
    })
    if (failed) throw new Error(`tmux ${command.join(' ')}: ${stderr}`)
    return stdout
  }
  const size = ['-x', `${columns}`, '-y', `${rows}`]
  const keep = [
    'set-option',
    '-g',
    'remain-on-exit',
    'on',
    ';',
    'set-option',
    '-g',
    'history-limit',
    '9999',
    ';',
  ]
  atEndOfFile(() => tmux('kill-server').catch(() => '')) // gone already with its last window
  await tmux('start-server', ';', ...keep, 'new-session', '-d', ...size, ...NODE, PROGRAM, ...args)

  const screen = () => tmux('capture-pane', '-p', '-J', '-S', '-')
  const status = async () => {
    const said = await tmux('display-message', '-p', '#{pane_dead} #{pane_dead_status} #{pid}')
    const [, dead, code, server] = /^([01]) (\d*) (\d+)$/.exec(said) ?? []
    // tmux 3.3 misses the end of a process now and then, and never waits for it: told to look, it does.
    if (dead === '1' && code === '') process.kill(Number(server), 'SIGCHLD')
    return `${dead} ${code}`
  }
  return {
    screen,
    says: wanted =>
      until(
        async () => {
          const text = await screen()
          return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
        },
        async () => `the screen never said ${wanted}:\n${await screen()}`,
      ),
    press: async (...keys) => {
      await tmux('send-keys', ...keys)
    },
    hold: async (key, times) => {
      await tmux('send-keys', '-N', `${times}`, key)
    },
    ended: async () => {
      await until(
        async () => /^1 \d+$/.test(await status()),
        async () => `it never ended:\n${await screen()}`,
      )
      return Number((await status()).split(' ')[1])
    },
    close: async () => {
      await tmux('kill-pane')
    },
  }
}

/** Looks again and again until it is so; what to say where it never is. */
export const until = async (
  isSo: () => boolean | Promise<boolean>,
  complaint: () => string | Promise<string>,
): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(await complaint())
    await pause(15)
  }
}
