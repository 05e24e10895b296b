/**
 * From now on no write to that stream has a secret in it. Where it stops being true: a value that is cut in two by
 * two writes. Whoever writes here writes whole lines or whole screens.
 */
export const discreet = (stream: NodeJS.WritableStream, redact: (text: string) => string): void => {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean // one of its overloads
  stream.write = (chunk: unknown, ...rest: unknown[]) => write(clean(chunk, redact), ...rest)
}

/** Bytes stay as they are where nothing in them is redacted: they need not be text. */
const clean = (chunk: unknown, redact: (text: string) => string): unknown => {
  if (typeof chunk === 'string') return redact(chunk)
  if (!(chunk instanceof Uint8Array)) return chunk
  const text = Buffer.from(chunk).toString('utf8')
  const redacted = redact(text)
  return redacted === text ? chunk : redacted
}
