/** The code of a reply that no AWS service wrote. */
export const NOT_AWS = 'NotAnAwsReply'

const MOST_BYTES = 64 * 1024 * 1024

/**
 * The SDK's `streamCollector`, with a look at what was collected. Without it a proxy's HTML page with status 200
 * reads as a success with nothing in it: as a cluster without proxies. It throws because the SDK catches.
 */
export const collectReply = async (stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size > MOST_BYTES) throw notAws('longer than any reply of AWS')
    chunks.push(chunk)
  }
  const reply = Buffer.concat(chunks)
  if (!AWS_REPLY.test(reply.toString('latin1', 0, 1_024))) throw notAws('not the XML of AWS')
  return reply
}

/** `<Response>`, `<ErrorResponse>`, `<RunInstancesResponse>`: every reply of a query API is one of these. */
const AWS_REPLY = /^\s*(?:<\?xml[^>]*\?>\s*)?<\w*Response[\s>]/

const notAws = (message: string): Error => Object.assign(new Error(message), { code: NOT_AWS })
