// Loaded into the program before it starts (`node --import`): ends the process with SIGKILL at one exact write.
// FIREBREAK_KILL_AT = `<file>:<n>:<when>`: the n-th line that this process appends to a file of that name, and
// whether to die `before` it is written, after half of it (`torn`), or `after` it. Nothing depends on time.
// With FIREBREAK_KILL_BY = SIGSTOP it stands still there instead, until it is let go on.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import path from 'node:path'

const [name, count, when] = (process.env.FIREBREAK_KILL_AT ?? '::').split(':')
let lines = 0

const isOurs = file => path.basename(String(file)) === name
const die = () => process.kill(process.pid, process.env.FIREBREAK_KILL_BY ?? 'SIGKILL')

/** Writes the text, or as much of it as there is time for. */
const write = (text, all) => {
  lines += 1
  if (lines !== Number(count)) return all(text)
  if (when === 'before') die()
  if (when === 'torn') {
    all(text.slice(0, Math.ceil(text.length / 2)))
    die()
  }
  const done = all(text)
  if (when !== 'after') return done // it was stopped before, and goes on
  if (!(done instanceof Promise)) die()
  return done instanceof Promise ? done.then(die) : done
}

// Logs that are written at once.
const ours = new Set()
const { openSync, writeSync } = fs
fs.openSync = (file, ...rest) => {
  const descriptor = openSync(file, ...rest)
  if (isOurs(file)) ours.add(descriptor)
  return descriptor
}
fs.writeSync = (descriptor, text, ...rest) =>
  ours.has(descriptor)
    ? write(text, part => writeSync(descriptor, part, ...rest))
    : writeSync(descriptor, text, ...rest)

// The journal, written through a handle. Half a line is written at once, for the process to die right after.
const { open } = fs.promises
fs.promises.open = async (file, ...rest) => {
  const handle = await open(file, ...rest)
  if (!isOurs(file)) return handle
  const appendFile = handle.appendFile.bind(handle)
  handle.appendFile = text =>
    write(text, part => (part === text ? appendFile(part) : writeSync(handle.fd, part)))
  return handle
}

syncBuiltinESMExports()
