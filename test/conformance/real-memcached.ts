import { type Child, freePort, startChild } from './child.js'

/** memcached on this machine, with those flags besides. */
export const startMemcached = async (
  ...flags: readonly string[]
): Promise<Child & { readonly port: number }> => {
  const port = await freePort()
  // memcached refuses to run as root without `-u`, and ignores it otherwise.
  const args = ['-u', 'nobody', '-l', '127.0.0.1', '-p', String(port), '-U', '0', '-m', '16', ...flags]
  const { stop } = await startChild('memcached', args, { host: '127.0.0.1', port })
  return { port, stop }
}
