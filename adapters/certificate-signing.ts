import type { CertificateUse } from '../core/domain/certificate.ts'
import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Authority } from '../core/ports/authority.ts'
import type { CertificateRequests } from '../core/ports/certificate-requests.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Commander } from '../core/ports/commander.ts'
import type { Log } from '../core/ports/log.ts'
import type { Store } from '../core/ports/store.ts'

interface Parts {
  readonly store: Pick<Store, 'certificates' | 'chargePoints' | 'mirrors' | 'tenants'>
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
  { chargePoints, mirrors }: Parts['store'],
  { use, serial, ...ref }: ChargePointRef & { readonly serial?: string; readonly use: CertificateUse },
): Promise<readonly string[]> => {
  const called = [...(serial === undefined ? [] : [serial]), ...(use === 'station' ? [] : await seccIds(mirrors, ref))]
  const names: string[] = []
  for (const name of called)
    if (name.toLowerCase() !== ref.identity.toLowerCase() && !(await chargePoints.isAnothers(ref, name)))
      names.push(name)
  return [...names, ref.identity]
}

/** What vehicles call a charge point, as its configuration (1.6) or its device model has it, once for each EVSE. */
const seccIds = async (mirrors: Parts['store']['mirrors'], ref: ChargePointRef): Promise<readonly string[]> => {
  const [configuration, variables] = await Promise.all([
    mirrors.configuration(ref),
    mirrors.items(ref, { kind: 'variable', prefix: 'iso15118ctrlr' }, { limit: 500 }),
  ])
  const values = [
    ...configuration.filter(({ key }) => seccName.test(key)).map(({ value }) => value),
    ...variables.items.filter(({ key }) => seccName.test(key)).map(({ body }) => body['value']),
  ]
  return values.filter((value) => typeof value === 'string' && value !== '') as string[]
}

const seccName = /(?:^|\.)(?:SeccId|SeccLeafSubjectCommonName)$/i

/** Looks at requests before they are answered. */
export const certificateRequests = ({ store, authority, clock }: Parts): CertificateRequests => ({
  async fault({ tenant, identity, serial }, { csr, use, root }) {
    if ((await store.certificates.issuedSince({ tenant, identity }, clock.now() - day)) >= mostInADay)
      return 'it has asked too often today'
    if (root !== undefined && !(await authority.isUnder(root, { tenant, use })))
      return 'the request is for a certificate under a root that is not here'
    const { organisation } = (await store.tenants.find(tenant)) ?? {}
    let refused: string | undefined
    const called = { tenant, identity, use, ...(serial !== undefined && { serial }) }
    for (const commonName of await namesOf(store, called)) {
      const wanted = { tenant, commonName, use, ...(organisation !== undefined && { organisation }) }
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
  readonly use: CertificateUse
  /** The station's number for it (2.1). */
  readonly request?: number
}

/**
 * Signs what was asked for and sends it to its station, once it is there. One request leads to one certificate, however
 * often this is done, and to one delivery.
 */
export const signAndDeliver = async (
  { store, authority, clock, commander, log }: Parts & { readonly commander: Commander; readonly log: Log },
  { tenant, identity, key, csr, use, request }: AcceptedRequest,
): Promise<void> => {
  const known = await store.certificates.byRequest(tenant, key)
  const certificate = known ?? (await sign())
  if (certificate === undefined) return
  const { chain, serial } = certificate
  if (await store.certificates.isSent({ tenant, identity }, serial)) return
  const delivery = {
    type: 'deliverCertificate',
    chain,
    serial,
    ...(use !== 'station' && { use }),
    ...(request !== undefined && { request }),
  } as const
  await commander.order({ tenant, identity }, delivery, deliverWithinMs, { waits: true })

  async function sign() {
    const view = await store.chargePoints.find({ tenant, identity })
    if (view === undefined) return undefined
    const { organisation } = (await store.tenants.find(tenant)) ?? {}
    const { serial: own } = view.inventory ?? {}
    const called = { tenant, identity, use, ...(own !== undefined && { serial: own }) }
    for (const commonName of await namesOf(store, called)) {
      const wanted = { tenant, commonName, use, lifetimeDays, ...(organisation !== undefined && { organisation }) }
      const signed = await authority.sign(csr, wanted)
      if ('refused' in signed) log.warn('a certificate was not signed', { identity, reason: signed.refused })
      else return store.certificates.record({ ...signed, tenant, identity, use, issuedAt: clock.now(), request: key })
    }
    return undefined
  }
}
