import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

/** Addresses that are nobody's on the internet (IANA special-purpose registries): what stands there is our own affair. */
const own = new BlockList()
const ranges4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]
for (const range of ranges4) own.addSubnet(...cut(range), 'ipv4')

/** Of IPv6 these are the internet's, but for the ranges in it that hold addresses of IPv4 or are for examples. */
const global6 = new BlockList()
global6.addSubnet('2000::', 3, 'ipv6')
const own6 = new BlockList()
for (const range of ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']) own6.addSubnet(...cut(range), 'ipv6')

function cut(range: string): [string, number] {
  const [address = '', bits = ''] = range.split('/')
  return [address, Number(bits)]
}

export const isPublic = (address: string): boolean => {
  if (isIP(address) === 4) return !own.check(address, 'ipv4')
  return isIP(address) === 6 && global6.check(address, 'ipv6') && !own6.check(address, 'ipv6')
}

export interface Address {
  readonly address: string
  readonly family: number
}

/** Finds the addresses of a host; rejects where one of them is not to be called. */
export type Resolve = (host: string) => Promise<readonly Address[]>

/**
 * S-26: addresses come from stations, and must not lead into our own network. A host that the operator has named may stand
 * anywhere; every other one must have addresses of the internet only.
 */
export const guarded =
  (allowed: readonly string[], find: Resolve = (host) => lookup(host, { all: true })): Resolve =>
  async (host) => {
    const literal = isIP(host)
    const found = literal === 0 ? await find(host) : [{ address: host, family: literal }]
    const mayCall =
      allowed.includes(host.toLowerCase()) || (found.length > 0 && found.every((one) => isPublic(one.address)))
    if (!mayCall) throw new Error(`${host} is not on the internet`)
    return found
  }
