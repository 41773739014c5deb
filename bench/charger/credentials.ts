import { isIssuedBy, isValidAt, parsedChain } from './certificates.ts'
import type { Charger } from './charger.ts'
import { type KeyPair, makeKeyPair } from './key-pair.ts'
import type { WireOptions } from '../wire.ts'

const lowestOverTls = 2
const withCertificate = 3
/** So many attempts under a new security profile; then the station goes back to the old one (A05.FR.05). */
const trials = 3

/** By what the station proves who it is: its password, and from security profile 3 on its certificate. */
export class Credentials {
  readonly #charger: Charger
  #password: string | Uint8Array
  /** Made for a certificate that has not come yet. */
  #asked: KeyPair | undefined
  #own: { readonly cert: string; readonly key: string } | undefined
  /** The profile it goes back to where the new one leads nowhere (A05.FR.05). */
  #before: string | undefined

  constructor(charger: Charger) {
    this.#charger = charger
    this.#password = charger.options.password
  }

  get profile(): number {
    return this.#charger.configuration.number('SecurityProfile')
  }

  /** From the next connection on; hex digits stand for bytes (security extension, AuthorizationKey). */
  setPassword(digits: string): void {
    this.#password = Buffer.from(digits, 'hex')
  }

  /** Why it cannot go to another profile, or nothing: only upwards, and only with what the profile takes (A05). */
  faultOfProfile(wanted: number): string | undefined {
    if (wanted < this.profile) return 'never to a lower profile'
    const { certificates } = this.#charger
    if (wanted >= lowestOverTls && certificates.roots('CentralSystemRootCertificate').length === 0)
      return 'there is no root certificate of the server'
    if (wanted >= withCertificate && this.#own === undefined) return 'there is no certificate of the station'
    return undefined
  }

  /** A new profile is on trial until a connection stands; `before` is what it was. */
  tryProfile(before: string): void {
    this.#before = before
  }

  connected(): void {
    this.#before = undefined
  }

  /** Where it leads nowhere: as before. */
  failed(times: number): void {
    if (this.#before === undefined || times < trials) return
    this.#charger.configuration.set('SecurityProfile', this.#before)
    this.#before = undefined
  }

  /** What a connection needs to know. */
  get dialling(): Pick<WireOptions, 'url' | 'password' | 'tls'> {
    const { options, certificates } = this.#charger
    const url = this.profile >= lowestOverTls ? options.url.replace(/^ws:/, 'wss:') : options.url
    const ca = certificates.roots('CentralSystemRootCertificate').map((root) => root.toString())
    const trusts = ca.length > 0 && { ca }
    return { url, password: this.#password, tls: { ...trusts, ...(this.profile >= withCertificate && this.#own) } }
  }

  /** Asks the server for a certificate of its own, for a key that is made for it (A02, A03). */
  async askForCertificate(): Promise<void> {
    const { options, configuration } = this.#charger
    const pair = await makeKeyPair(options.identity, configuration.text('CpoName'))
    this.#asked = pair
    this.#charger.tidings.tell('SignCertificate', { csr: pair.request })
  }

  /** Takes a certificate that was asked for: its key must be ours, its chain whole, its time now. */
  take(chain: string): boolean {
    const { time, configuration, security } = this.#charger
    const certificates = parsedChain(chain) ?? []
    const [leaf, ...issuers] = certificates
    const asked = this.#asked
    const isOurs =
      leaf !== undefined &&
      asked !== undefined &&
      chain.length <= configuration.number('CertificateSignedMaxChainSize') &&
      leaf.publicKey.equals(asked.publicKey) &&
      certificates.every((one) => isValidAt(one, time.now())) &&
      issuers.every((issuer, i) => isIssuedBy(certificates[i] ?? leaf, issuer))
    if (!isOurs) {
      security.note('InvalidChargePointCertificate')
      return false
    }
    this.#own = { cert: chain, key: asked.privateKey }
    this.#asked = undefined
    return true
  }
}
