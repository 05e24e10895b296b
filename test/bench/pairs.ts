import { spawn } from 'node:child_process'
import { medianRatio } from './median.js'

export type Program = {
  readonly argv: readonly string[]
  /** What its output must contain: a program that does not work must not look fast. */
  readonly prints?: string
  /** Stop the clock, and the program, at the first output that contains this; else at its end. */
  readonly until?: string
  readonly env?: { readonly [name: string]: string }
}

/** Wall milliseconds of one run as a whole process. Throws where it fails or prints something else. */
export const time = (program: Program): Promise<number> =>
  new Promise((resolve, reject) => {
    const [command = '', ...args] = program.argv
    const started = performance.now()
    const child = spawn(command, args, {
      env: { ...process.env, ...program.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let reached: number | undefined
    const collect = (chunk: Buffer): void => {
      output += chunk.toString()
      if (reached !== undefined || program.until === undefined || !output.includes(program.until)) return
      reached = performance.now() - started
      child.kill('SIGTERM')
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', reject)
    child.on('close', code => {
      const failed = program.until === undefined ? code !== 0 : reached === undefined
      const wrong = program.prints !== undefined && !output.includes(program.prints)
      if (failed || wrong) return reject(new Error(`${program.argv.join(' ')} exited ${code}:\n${output}`))
      resolve(reached ?? performance.now() - started)
    })
  })

/** How many times as long as the other one a program takes. */
export const ratio = (a: Program, b: Program, pairs: number): Promise<number> =>
  medianRatio(
    () => time(a),
    () => time(b),
    pairs,
  )
