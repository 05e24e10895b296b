/** Of an answer, in bytes: what goes into the record, unless somebody has to understand all of it. */
const LONGEST_TEXT = 65_536

/** Read beyond that, so that a value which the cut would halve is still recognised. */
const MARGIN = 16_384

export type Captured = {
  readonly add: (chunk: Buffer) => void
  /** What came, redacted, then cut; it says so itself where it was. */
  readonly text: (redact: (text: string) => string) => string
}

/** Keeps the beginning of a stream, and lets the rest of it go by: whoever writes is not held up. */
export const capture = (longest = LONGEST_TEXT): Captured => {
  const chunks: Buffer[] = []
  let kept = 0
  let size = 0
  return {
    add: chunk => {
      size += chunk.length
      const part = chunk.subarray(0, longest + MARGIN - kept)
      kept += part.length
      if (part.length > 0) chunks.push(part)
    },
    text: redact => {
      const clean = redact(Buffer.concat(chunks).toString('utf8'))
      if (size <= longest) return clean
      // Redacting makes a text shorter: what stood at the very end may be half a value also then.
      const whole = size > kept ? clean.slice(0, -MARGIN) : clean
      const head = Buffer.from(whole)
        .subarray(0, longest)
        .toString('utf8')
        .replace(/\uFFFD+$/, '')
      return `${head}\n(cut: this is the beginning of ${size} bytes)`
    },
  }
}
