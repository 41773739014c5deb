import { type Certified, certified, day, x509 } from './certificates.ts'

/** The certificates of Plug & Charge (ISO 15118-2 annex F): whose roots they are, and what hangs below them. */
export interface Pki {
  readonly v2gRoot: Certified
  readonly cpoSub1: Certified
  readonly cpoSub2: Certified
  /** Of a charge point, for its TLS with vehicles. */
  readonly leaf: Certified
  readonly moRoot: Certified
  readonly moSub1: Certified
  readonly moSub2: Certified
  /** A contract under `moSub2`, for the vehicle of a driver. */
  readonly contract: (words?: ContractWords) => Promise<Certified>
}

export interface ContractWords {
  readonly emaid?: string
  readonly by?: Certified
  readonly from?: number
  readonly to?: number
  readonly more?: readonly x509.Extension[]
}

/** An eMAID with the check digit that is its own. */
export const emaid = 'DE83DUIEN83QGZD'

const usage = { digitalSignature: 1, keyAgreement: 16, keyCertSign: 32, cRLSign: 64 }

/** Says in a certificate where to ask whether it still counts. */
export const asking = (responder: string): x509.Extension =>
  new x509.AuthorityInfoAccessExtension({ ocsp: [responder] })
export const listedAt = (url: string): x509.Extension => new x509.CRLDistributionPointsExtension([url])

/** A whole one; with a responder every certificate below its roots names it. */
export const pki = async (responder?: string): Promise<Pki> => {
  const more = responder === undefined ? [] : [asking(responder)]
  const authority = (name: string, by?: Certified, pathLength?: number): Promise<Certified> =>
    certified({
      name: `DC=V2G, O=Test, CN=${name}`,
      ca: true,
      usage: usage.keyCertSign | usage.cRLSign,
      to: Date.now() + 3_650 * day,
      ...(by !== undefined && { by, more }),
      ...(pathLength !== undefined && { pathLength }),
    })
  const v2gRoot = await authority('V2G Root')
  const cpoSub1 = await authority('CPO Sub-CA 1', v2gRoot, 1)
  const cpoSub2 = await authority('CPO Sub-CA 2', cpoSub1, 0)
  const moRoot = await authority('MO Root')
  const moSub1 = await authority('MO Sub-CA 1', moRoot, 1)
  const moSub2 = await authority('MO Sub-CA 2', moSub1, 0)
  return {
    v2gRoot,
    cpoSub1,
    cpoSub2,
    leaf: await certified({ name: 'DC=CPO, O=Test, CN=DE*ABC*E1', by: cpoSub2, usage: usage.digitalSignature, more }),
    moRoot,
    moSub1,
    moSub2,
    contract: ({ emaid: name = emaid, by = moSub2, more: others = more, ...times } = {}) =>
      certified({
        name: `DC=MO, O=Test, CN=${name}`,
        by,
        usage: usage.digitalSignature | usage.keyAgreement,
        more: others,
        ...times,
      }),
  }
}

export const chainOf = (...certificates: readonly Certified[]): string => certificates.map(({ pem }) => pem).join('')
