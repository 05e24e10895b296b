/** Asked to pause: questions and waits end at once, an op in flight is let finish, nothing new is started. */
export type Stop = {
  readonly signal: AbortSignal
  readonly request: (reason: string) => void
  readonly reason: () => string | undefined
}

export const createStop = (): Stop => {
  const controller = new AbortController()
  let reason: string | undefined
  return {
    signal: controller.signal,
    request: because => {
      reason ??= because
      controller.abort()
    },
    reason: () => reason,
  }
}
