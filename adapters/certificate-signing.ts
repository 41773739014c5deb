import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Authority } from '../core/ports/authority.ts'
import type { CertificateRequests } from '../core/ports/certificate-requests.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Commander } from '../core/ports/commander.ts'
import type { Log } from '../core/ports/log.ts'
import type { Store } from '../core/ports/store.ts'

interface Parts {
  readonly store: Pick<Store, 'certificates' | 'chargePoints' | 'tenants'>
  readonly authority: Authority
  readonly clock: Clock
}

const day = 86_400_000
const lifetimeDays = 365
/** A station that asks for more within a day is broken, or is not it (BI-48, S-12). */
const mostInADay = 10
const deliverWithinMs = 7 * day

/**
 * The names a station may have in its certificate: what it calls itself, or what we call it (A00.FR.405). It may call
 * itself anything: never by the name of another.
 */
const namesOf = async (
  { chargePoints }: Parts['store'],
  { tenant, identity, serial }: ChargePointRef & { readonly serial?: string },
): Promise<readonly string[]> => {
  if (serial === undefined || serial.toLowerCase() === identity.toLowerCase()) return [identity]
  return (await chargePoints.isAnothers({ tenant, identity }, serial)) ? [identity] : [serial, identity]
}

/** Looks at requests before they are answered. */
export const certificateRequests = ({ store, authority, clock }: Parts): CertificateRequests => ({
  async fault({ tenant, identity, serial }, csr) {
    if ((await store.certificates.issuedSince({ tenant, identity }, clock.now() - day)) >= mostInADay)
      return 'it has asked too often today'
    const { organisation } = (await store.tenants.find(tenant)) ?? {}
    let refused: string | undefined
    for (const commonName of await namesOf(store, { tenant, identity, ...(serial !== undefined && { serial }) })) {
      const wanted = { tenant, commonName, ...(organisation !== undefined && { organisation }) }
      const found = await authority.examine(csr, wanted)
      if (found === undefined) return undefined
      refused ??= found.refused
    }
    return `the request ${refused}`
  },
})

/** A request that was accepted, as the journal has it. */
export interface AcceptedRequest extends ChargePointRef {
  /** The key of its fact. */
  readonly key: string
  readonly csr: string
}

/**
 * Signs what was asked for and sends it to its station, once it is there. One request leads to one certificate, however
 * often this is done, and to one delivery.
 */
export const signAndDeliver = async (
  { store, authority, clock, commander, log }: Parts & { readonly commander: Commander; readonly log: Log },
  { tenant, identity, key, csr }: AcceptedRequest,
): Promise<void> => {
  const known = await store.certificates.byRequest(tenant, key)
  const certificate = known ?? (await sign())
  if (certificate === undefined) return
  const { chain, serial } = certificate
  if (await store.certificates.isSent({ tenant, identity }, serial)) return
  await commander.order({ tenant, identity }, { type: 'deliverCertificate', chain, serial }, deliverWithinMs, {
    waits: true,
  })

  async function sign() {
    const view = await store.chargePoints.find({ tenant, identity })
    if (view === undefined) return undefined
    const { organisation } = (await store.tenants.find(tenant)) ?? {}
    const { serial: own } = view.inventory ?? {}
    for (const commonName of await namesOf(store, { tenant, identity, ...(own !== undefined && { serial: own }) })) {
      const wanted = { tenant, commonName, lifetimeDays, ...(organisation !== undefined && { organisation }) }
      const signed = await authority.sign(csr, wanted)
      if ('refused' in signed) log.warn('a certificate was not signed', { identity, reason: signed.refused })
      else return store.certificates.record({ ...signed, tenant, identity, issuedAt: clock.now(), request: key })
    }
    return undefined
  }
}
