import type { Host, Streams } from '../contract.js'
import type { Paint } from './paint.js'
import { prompt } from './prompt.js'
import { createScreen } from './screen.js'

/** Plain lines, for any terminal, a screen reader or a log. Everything goes to stderr: it is the way, not the result. */
export const createLinesHost = (streams: Streams, paint: Paint): Host => {
  const screen = createScreen(streams, paint)
  return {
    notify: ({ event }) => screen.tell(event),
    request: async (question, signal) => {
      try {
        return await prompt({ streams, paint, screen }, question, signal)
      } finally {
        screen.release()
      }
    },
  }
}
