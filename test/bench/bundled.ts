import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { build } from 'esbuild'

/**
 * Runs a measuring script in a process of its own, bundled as the program is: what runs sources as they are adds to
 * every function. Gives what it prints, which is one JSON value.
 */
export const bundled = async (
  script: string,
  folder: string,
): Promise<(...args: readonly string[]) => unknown> => {
  const program = path.join(folder, `${path.basename(script, '.ts')}.mjs`)
  await build({
    entryPoints: [script],
    outfile: program,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
    logLevel: 'error',
  })
  return (...args) => JSON.parse(execFileSync(process.execPath, [program, ...args], { encoding: 'utf8' }))
}
