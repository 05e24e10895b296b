import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import { type Examination, type Finding, ofFleet } from './contract.js'

/** Programs that the fleet file lets runbooks start: each must be there before it is needed. */
export const programRows: Examination = {
  name: 'programs',
  examine: ofFleet(async ({ io, fleet }) => {
    const names = [...new Set(fleet.guardrails.commands.map(([name = '']) => name))]
    return Promise.all(names.map(name => examineProgram(name, io.env.PATH ?? '')))
  }),
}

const examineProgram = async (name: string, folders: string): Promise<Finding> => {
  const files = name.includes('/')
    ? [name]
    : folders.split(path.delimiter).map(folder => path.join(folder, name))
  const found = await Promise.all(files.map(async file => ((await isExecutable(file)) ? [file] : [])))
  const [first] = found.flat()
  if (first !== undefined) return { state: 'ok', target: name, detail: first }
  return {
    state: 'fail',
    target: name,
    detail: 'the fleet file lists it under `guardrails.commands`, and it is not in PATH',
    next: 'install it on this machine, or take it off the list',
  }
}

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
