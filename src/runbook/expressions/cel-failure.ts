import type { ASTNode } from '@marcbachmann/cel-js'

/** What the CEL library says about an expression, as data. Offsets are those of the expression. */
export type CelFailure = {
  readonly code: string
  readonly summary: string
  readonly start: number
  readonly end: number
  readonly node?: ASTNode
}

/** The library throws and returns errors of classes that it does not export; they are read by their fields. */
export const toCelFailure = (error: unknown): CelFailure => {
  const { code, summary, message, range, node } = (error ?? {}) as {
    // every field is looked at before it is used
    code?: unknown
    summary?: unknown
    message?: unknown
    range?: { start?: unknown; end?: unknown }
    node?: unknown
  }
  const start = typeof range?.start === 'number' ? range.start : 0
  return {
    code: typeof code === 'string' ? code : 'unknown',
    summary: String(summary ?? message ?? error),
    start,
    end: typeof range?.end === 'number' ? range.end : start + 1,
    ...(isAstNode(node) ? { node } : {}),
  }
}

const isAstNode = (node: unknown): node is ASTNode =>
  typeof node === 'object' && node !== null && 'op' in node && typeof node.op === 'string'
