import { setTimeout as pause } from 'node:timers/promises'

/** Long enough for what the terminal has buffered to arrive; too short for a person to read and answer. */
const DRAIN_MS = 40

/** Throws away what was typed before the question stood on the screen: it was meant for something else. */
export const dropTypeAhead = async (input: NodeJS.ReadStream): Promise<void> => {
  if (!input.isTTY) return
  const swallow = () => {}
  input.setRawMode(true)
  input.on('data', swallow)
  input.resume()
  await pause(DRAIN_MS)
  input.off('data', swallow)
  input.pause()
  input.setRawMode(false)
}
