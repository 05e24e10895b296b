// Loaded into the program before it starts (`node --import`): ends the process with SIGKILL at one exact write.
// FIREBREAK_KILL_AT = `<file>:<which>:<when>`: a line that this process appends to a file of that name, and whether to
// die `before` it is written, after half of it (`torn`), or `after` it. Nothing depends on time. Which line: the n-th,
// `12`; or, where what comes before it is not the same on every machine, the first of a type, `op.started`, of a kind
// of op, `op.started/flush`, or the n-th of those, `op.started#3`.
// With FIREBREAK_KILL_BY = SIGSTOP it stands still there instead, until it is let go on.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import path from 'node:path'

const [name, which, when] = (process.env.FIREBREAK_KILL_AT ?? '::').split(':')
const { type, kind, nth } = /^((?<type>[a-z_.]+)(\/(?<kind>[a-z-]+))?#?)?(?<nth>\d*)$/.exec(which).groups
let left = Number(nth || 1)

const isSuch = line => {
  if (type === undefined) return true
  const event = JSON.parse(line)
  return event.type === type && (kind === undefined || event.data.kind === kind)
}

/** Asked of each line once, in order. */
const isTheLine = line => {
  if (!isSuch(line)) return false
  left -= 1
  return left === 0
}

const isOurs = file => path.basename(String(file)) === name
const die = () => process.kill(process.pid, process.env.FIREBREAK_KILL_BY ?? 'SIGKILL')

/** Writes the lines; where the moment is among them, what comes before it at once, and what comes after it only if it goes on. */
const write = (text, now, later) => {
  const parts = text.split(/(?<=\n)/)
  const index = parts.findIndex(isTheLine)
  if (index < 0) return later(text)
  const line = parts[index]
  const part = { before: 0, torn: Math.ceil(line.length / 2), after: line.length }[when]
  const first = parts.slice(0, index).join('') + line.slice(0, part)
  now(first)
  die()
  return later(text.slice(first.length)) // it was stopped, and goes on
}

// Logs that are written at once.
const ours = new Set()
const { openSync, writeSync } = fs
fs.openSync = (file, ...rest) => {
  const descriptor = openSync(file, ...rest)
  if (isOurs(file)) ours.add(descriptor)
  return descriptor
}
fs.writeSync = (descriptor, text, ...rest) => {
  const put = part => writeSync(descriptor, part, ...rest)
  return ours.has(descriptor) ? write(text, put, put) : put(text)
}

// The journal, written through a handle.
const { open } = fs.promises
fs.promises.open = async (file, ...rest) => {
  const handle = await open(file, ...rest)
  if (!isOurs(file)) return handle
  const appendFile = handle.appendFile.bind(handle)
  handle.appendFile = text => write(text, part => writeSync(handle.fd, part), appendFile)
  return handle
}

syncBuiltinESMExports()
