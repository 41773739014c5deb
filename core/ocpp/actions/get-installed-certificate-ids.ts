import type { GetInstalledCertificateIdsResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { GetInstalledCertificateIdsResponse as GetInstalledCertificateIdsResponse2 } from 'typed-ocpp/dist/ocpp21/types.js'
import { type InstalledUse, installedUses } from '../../domain/order.ts'
import { accepted, type Action, order, type OrderOf, type Told, two, type Wording } from '../dialect.ts'
import type { Protocol2 } from '../version.ts'
import { hashIn, isOfExtension, useFor, useOf, uses } from './certificate.ts'

/**
 * GetInstalledCertificateIds — the roots a station trusts, and in 2.x the certificate that it shows to vehicles. Whitepaper
 * §5, 2.0.1 part 2 M03. NotFound: none of this kind. 1.6 is asked for one kind at a time.
 */
export const GetInstalledCertificateIds: Action = {
  'ocpp1.6': [
    order('listCertificates', {
      action: 'GetInstalledCertificateIds',
      tell: (wanted) => {
        const [use, ...more] = namedIn(wanted)
        if (use === undefined || more.length > 0) return { unsupported: 'OCPP 1.6 is asked for one kind at a time' }
        return isOfExtension(use) ? { payload: { certificateType: uses[use] } } : { otherwise: true }
      },
      told: ({ status, certificateHashData }: GetInstalledCertificateIdsResponse, { use }) => {
        const hashes = status === 'Accepted' ? (certificateHashData ?? []).map(hashIn) : []
        return accepted(`${hashes.length} installed`, use && [{ type: 'certificates', use, hashes }])
      },
    }),
  ],
  ...two((protocol) =>
    order('listCertificates', {
      action: 'GetInstalledCertificateIds',
      tell: (wanted) => listing(wanted, protocol),
      told: (response: GetInstalledCertificateIdsResponse2, wanted) => listed(response, wanted),
    }),
  ),
}

const namedIn = ({ use, uses: others = [] }: OrderOf<'listCertificates'>): readonly InstalledUse[] => [
  ...new Set([...(use === undefined ? [] : [use]), ...others]),
]

const listing = (wanted: OrderOf<'listCertificates'>, protocol: Protocol2): Wording => {
  const words: string[] = []
  for (const use of namedIn(wanted)) {
    const found = useFor(use, protocol)
    if ('unsupported' in found) return found
    words.push(found.word)
  }
  return { payload: words.length === 0 ? {} : { certificateType: words } }
}

/** Of each kind that was asked for; a chain is told by its first certificate. */
const listed = (
  { status, certificateHashDataChain = [] }: GetInstalledCertificateIdsResponse2,
  wanted: OrderOf<'listCertificates'>,
): Told => {
  const found = status === 'Accepted' ? certificateHashDataChain : []
  const named = namedIn(wanted)
  const changes = (named.length === 0 ? installedUses : named).map((use) => ({
    type: 'certificates' as const,
    use,
    hashes: found
      .filter(({ certificateType }) => useOf(certificateType) === use)
      .map(({ certificateHashData }) => hashIn(certificateHashData)),
  }))
  return accepted(`${found.length} installed`, changes)
}
