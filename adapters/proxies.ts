import { BlockList, isIP } from 'node:net'

/** Whether an address is one of these (addresses or CIDR ranges): only then it may speak for others (BI-17). */
export const trustList = (entries: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(address) === 0) throw new Error(`SM_TRUSTED_PROXIES: ${entry} is no address`)
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => {
    const plain = address.replace(/^::ffff:/, '')
    return isIP(plain) !== 0 && list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
  }
}

/** Where a request comes from; what a proxy says of it counts only where the proxy is trusted. */
export const clientOf =
  (trusts: (address: string) => boolean) =>
  ({ headers }: Pick<Request, 'headers'>, peer: string): string => {
    if (!trusts(peer)) return peer
    const hops = (headers.get('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
    return hops.findLast((hop) => hop !== '' && !trusts(hop)) ?? peer
  }
