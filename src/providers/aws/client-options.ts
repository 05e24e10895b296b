import { Agent } from 'node:http'
import type { AwsWire } from '../wire.js'
import { collectReply } from './collect-reply.js'

/**
 * Options for every AWS client of ours. `maxAttempts: 1`: an SDK that retries by itself uses the wall clock
 * and turns a missing capacity (an HTTP 500) into minutes of silence.
 */
export const clientOptions = (aws: AwsWire) => {
  silenceVersionWarning()
  const userAgent: [string, string][] = [['firebreak', aws.version ?? '0']]
  const common = {
    region: aws.region,
    maxAttempts: 1,
    customUserAgent: userAgent,
    streamCollector: collectReply,
    // The SDK hands it on to what reads ~/.aws: a client that is made anew must see what was renewed since.
    ignoreCache: true,
  }
  return aws.override ? { ...common, ...sealed(aws.override) } : common
}

/**
 * In a drill nothing may come from `AWS_*` or `~/.aws`. The SDK looks an option up there only where it was not
 * given one, so each that it looks up is given here; test/providers/sealed-client.test.ts watches the files.
 */
const sealed = (override: NonNullable<AwsWire['override']>) => ({
  endpoint: override.endpoint,
  credentials: { accessKeyId: override.accessKeyId, secretAccessKey: override.secretAccessKey },
  ignoreConfiguredEndpointUrls: true,
  defaultsMode: 'standard' as const,
  retryMode: 'standard',
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: async () => undefined,
  authSchemePreference: [],
  disableClockSkewCorrection: true,
  sigv4aSigningRegionSet: ['*'], // not used by these services, but looked up
  // One connection a request: a kept one that the endpoint closes at the wrong moment would look like a fault.
  requestHandler: { httpAgent: new Agent({ keepAlive: false }) },
})

/**
 * The SDK's own switch for its NodeVersionSupportWarning. Left on: the clients that its credential chain makes
 * later warn as well.
 */
const silenceVersionWarning = (): void => {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
}
