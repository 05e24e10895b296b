/** So long whatever is still open may take to end by itself. */
const LINGER_MS = 200

/**
 * Ends the process soon although something is still open that nobody waits for any more, such as a question to a host
 * that does not answer. For commands that only look: nothing of theirs has to be brought to an end.
 */
export const leaveSoon = (): void => {
  setTimeout(() => process.exit(), LINGER_MS).unref() // with the exit code that is set by then
}
