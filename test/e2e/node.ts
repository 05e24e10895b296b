/**
 * Node for a process that lives for about a second: it would be over before it got back what it spent on making its
 * code fast, and on threads that collect garbage. Nothing that the program does depends on either.
 */
export const NODE = [process.execPath, '--interrupt-budget=1000000', '--single-threaded-gc'] as const
