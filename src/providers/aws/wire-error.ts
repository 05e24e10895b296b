import type { WireError } from './classify.js'
import { NOT_AWS } from './collect-reply.js'

/** An SDK error, reduced to facts. The SDK's own text for a reply that it cannot parse is left behind. */
export type SdkError = WireError & {
  /** The service's own words; absent where no service has spoken. */
  readonly text?: string
  /** The connection was never made or no credentials were found: nothing has left this machine. */
  readonly unsent: boolean
}

export const readSdkError = (thrown: unknown): SdkError => {
  const fields: Fields = typeof thrown === 'object' && thrown !== null ? thrown : {}
  const status = fields.$metadata?.httpStatusCode ?? fields.$response?.statusCode
  const known = status === undefined ? {} : { status }
  const name = fields.name ?? 'Error'
  if (fields.code === NOT_AWS) return { ...known, unsent: false }
  if (fields.$fault === undefined && typeof fields.code === 'string') {
    return { ...known, code: fields.code, unsent: UNSENT.has(fields.code) } // of a socket, or of TLS
  }
  if (LOCAL.has(name)) return { code: name, text: firstLine(fields.message), unsent: true }
  // Only a service exception has a fault; without one, name and text are the XML reader's.
  if (fields.$fault === undefined || name === 'Unknown') return { ...known, unsent: false }
  return { ...known, code: name, text: firstLine(fields.message), unsent: false }
}

type Fields = {
  readonly name?: string
  readonly message?: string
  readonly code?: string
  readonly $fault?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly statusCode?: number }
}

const UNSENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])
const LOCAL = new Set(['CredentialsProviderError', 'TokenProviderError'])

const firstLine = (text: string | undefined): string => (text ?? '').split('\n', 1)[0]?.slice(0, 300) ?? ''
