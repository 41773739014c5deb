import type { CertificateSigningUseEnumType } from 'typed-ocpp/dist/ocpp21/types.js'
import { isIssuedBy, isValidAt, parsedChain } from '../charger/certificates.ts'
import { type KeyPair, makeKeyPair } from '../charger/key-pair.ts'
import type { WireOptions } from '../wire.ts'
import type { Station } from './station.ts'

const lowestOverTls = 2
const withCertificate = 3

/** By what the station proves who it is: its password, and from security profile 3 on its certificate (A). */
export class Credentials {
  readonly #station: Station
  #password: string
  /** Made for certificates that have not come yet, by what they are for. */
  readonly #asked = new Map<CertificateSigningUseEnumType, KeyPair & { readonly requestId: number }>()
  readonly #own = new Map<CertificateSigningUseEnumType, { readonly cert: string; readonly key: string }>()
  #serial = 0

  constructor(station: Station) {
    this.#station = station
    this.#password = station.options.password
  }

  get profile(): number {
    return this.#station.network.profile.securityProfile
  }

  /** From the next connection on: text, and not 1.6's hex digits (A01). */
  setPassword(password: string): void {
    this.#password = password
  }

  /** Of the line: nobody lets it in. */
  failed(times: number): void {
    this.#station.network.failed(times)
  }

  /** What a connection needs to know. */
  get dialling(): Pick<WireOptions, 'url' | 'password' | 'tls'> & { readonly identity?: string } {
    const { certificates, network } = this.#station
    const { ocppCsmsUrl, identity, basicAuthPassword } = network.profile
    const url = this.profile >= lowestOverTls ? ocppCsmsUrl.replace(/^ws:/, 'wss:') : ocppCsmsUrl
    const ca = certificates.roots('CSMSRootCertificate').map((root) => root.toString())
    const own = this.profile >= withCertificate ? this.#own.get('ChargingStationCertificate') : undefined
    return {
      url,
      password: basicAuthPassword ?? this.#password,
      ...(identity !== undefined && { identity }),
      tls: { ...(ca.length > 0 && { ca }), ...own },
    }
  }

  /** Asks the server for a certificate of its own, for a key that is made for it (A02). */
  async askForCertificate(use: CertificateSigningUseEnumType): Promise<void> {
    const { options, model, protocol, tidings } = this.#station
    const requestId = ++this.#serial
    const pair = await makeKeyPair(options.identity.slice(-25), model.text('SecurityCtrlr/OrganizationName'))
    this.#asked.set(use, { ...pair, requestId })
    tidings.tell('SignCertificate', {
      csr: pair.request,
      certificateType: use,
      ...(protocol === 'ocpp2.1' && { requestId }),
    })
  }

  /** Takes a certificate that was asked for: its key must be ours, its chain whole, its time now. */
  take(use: CertificateSigningUseEnumType, chain: string, requestId: number | undefined): boolean {
    const { time, security } = this.#station
    const certificates = parsedChain(chain) ?? []
    const [leaf, ...issuers] = certificates
    const asked = this.#asked.get(use)
    const isOurs =
      leaf !== undefined &&
      asked !== undefined &&
      (requestId === undefined || requestId === asked.requestId) &&
      leaf.publicKey.equals(asked.publicKey) &&
      certificates.every((one) => isValidAt(one, time.now())) &&
      issuers.every((issuer, i) => isIssuedBy(certificates[i] ?? leaf, issuer))
    if (!isOurs) {
      security.note('InvalidChargingStationCertificate')
      return false
    }
    this.#own.set(use, { cert: chain, key: asked.privateKey })
    this.#asked.delete(use)
    return true
  }
}
