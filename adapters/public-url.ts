import { isIPv6 } from 'node:net'
import { hostname } from 'node:os'
import type { Config } from './config.ts'

const everywhere = ['0.0.0.0', '::']

/** Where stations reach this server: as it was set, else where it listens. `door` knows a port that the system chose. */
export const publicUrlOf = (
  { publicUrl, host, port, tls }: Pick<Config, 'publicUrl' | 'host' | 'port' | 'tls'>,
  door?: URL,
): string => {
  if (publicUrl !== undefined) return publicUrl
  const name = everywhere.includes(host) ? hostname() : host
  return `http${tls ? 's' : ''}://${isIPv6(name) ? `[${name}]` : name}:${port === 0 ? (door?.port ?? port) : port}`
}
