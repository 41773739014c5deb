import type { CertificateHash, HashAlgorithm } from '../../core/domain/certificate.ts'
import type { Protocol } from '../../core/ocpp/version.ts'
import { type Certified, testAuthority } from '../support/certificates.ts'
import { chainOf, type Pki, pki } from '../support/pki.ts'
import { openPool, openResponder, type Pool, type Responder } from '../support/responder.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'

export type Params = Record<string, unknown>

/** A command as the API shows it, as far as these tests look at it. */
export interface Shown {
  readonly outcome: string | null
  readonly reason: string | null
}

export const password = 'a-password-of-the-station'
const tokens: Readonly<Record<string, object>> = {
  // registered with hyphens and without its check digit, as its provider writes it
  'DE-83D-UIEN83QGZ': { type: 'EVCO' },
  DE83DUIEN83ZGQM: { type: 'EVCO', status: 'Blocked' },
  NLTNM000122045: { type: 'EVCO', expiresAt: '2020-01-01T00:00:00Z' },
  FRXYZ1234567892: { type: 'RFID' },
}

/** A whole server, with a PKI of Plug & Charge, its responder and a contract pool beside it. */
export interface PlugAndCharge {
  readonly test: TestServer
  readonly ours: Pki
  readonly responder: Responder
  readonly pool: Pool
  /** What the pool answers from now on. */
  poolSays(answer: { readonly status?: number; readonly body: string }): void
  hashOf(chain: string, algorithm?: HashAlgorithm): Promise<CertificateHash>
  /** What a station asks of a certificate (OCSPRequestData). */
  questionOf(certificate: Certified, issuer: Certified, responderURL?: string): Promise<Params>
  /** The same of all that a station has checked itself: the vehicle's certificate and those above it, below the root. */
  hashesOf(contract: Certified): Promise<readonly Params[]>
  station(identity: string, protocol: Protocol): Promise<Plugged>
  stop(): Promise<void>
}

export interface Plugged {
  readonly station: ForeignStation
  /** Answers an action from now on; what it was asked last is in `asked`. */
  answers(action: string, answer: object): void
  readonly asked: { last: Params | undefined }
  order(body: object): Promise<Shown>
  /** What it has installed, as the operator sees it. */
  installed(): Promise<readonly Params[]>
}

export const setUp = async (): Promise<PlugAndCharge> => {
  const { authority } = await testAuthority()
  // certificates name their responder, which answers for those that sign them: one comes after the other
  let authorities: readonly Certified[] = []
  let poolAnswer: { readonly status?: number; readonly body: string } = { status: 503, body: '' }
  const responder = await openResponder({
    get authorities() {
      return authorities
    },
  })
  const ours = await pki(responder.url)
  authorities = [ours.moSub2, ours.moSub1, ours.moRoot, ours.cpoSub2, ours.cpoSub1, ours.v2gRoot]
  const pool = await openPool(() => poolAnswer)
  const test = await startServer({
    SM_OCSP_HOSTS: '127.0.0.1',
    SM_CONTRACT_POOL_URL: pool.url,
    SM_CONTRACT_POOL_TOKEN: 'pool-token',
  })
  for (const [uid, token] of Object.entries(tokens)) await test.api('PUT', `/api/v1/tokens/${uid}`, token)
  await test.api('PUT', '/api/v1/trust-anchors/mo-root', { use: 'mo', certificate: ours.moRoot.pem })

  const hashOf = async (chain: string, algorithm: HashAlgorithm = 'SHA256'): Promise<CertificateHash> => {
    const hash = await authority.hashDataOf(chain, algorithm)
    if (hash === undefined) throw new Error('no hash')
    return hash
  }
  const questionOf = async (certificate: Certified, issuer: Certified, responderURL = responder.url) => ({
    ...(await hashOf(chainOf(certificate, issuer))),
    responderURL,
  })
  return {
    test,
    ours,
    responder,
    pool,
    poolSays: (answer) => void (poolAnswer = answer),
    hashOf,
    questionOf,
    hashesOf: async (contract) => [
      await questionOf(contract, ours.moSub2),
      await questionOf(ours.moSub2, ours.moSub1),
      await questionOf(ours.moSub1, ours.moRoot),
    ],
    station: (identity, protocol) => plugged(test, identity, protocol),
    async stop() {
      await test.stop()
      await pool.close()
      await responder.close()
    },
  }
}

const plugged = async (test: TestServer, identity: string, protocol: Protocol): Promise<Plugged> => {
  const at = `/api/v1/charge-points/${identity}`
  await test.api('PUT', at, { password })
  const station = await foreignStation(test.url, identity, password, { protocol })
  const asked: Plugged['asked'] = { last: undefined }
  await (protocol === 'ocpp1.6'
    ? station.call('BootNotification', {
        chargePointVendor: 'Foreign',
        chargePointModel: 'Client',
        chargePointSerialNumber: `SN-${identity}`,
      })
    : station.call('BootNotification', {
        reason: 'PowerUp',
        chargingStation: { vendorName: 'Foreign', model: 'Client', serialNumber: `SN-${identity}` },
      }))
  return {
    station,
    asked,
    answers: (action, answer) =>
      station.on(action, (params) => {
        asked.last = params
        return answer
      }),
    order: async (body) => (await test.api('POST', `${at}/commands?wait=15`, body)).body,
    installed: async () =>
      ((await test.api('GET', `${at}/installed-certificates`)).body as { items: readonly Params[] }).items,
  }
}
