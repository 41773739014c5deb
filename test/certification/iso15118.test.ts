import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { X509Certificate } from 'node:crypto'
import type { CertificateHash, HashAlgorithm } from '../../core/domain/certificate.ts'
import { type Protocol2, protocols, isTwo } from '../../core/ocpp/version.ts'
import { type Certified, ec, named, request, testAuthority } from '../support/certificates.ts'
import { chainOf, emaid, type Pki, pki } from '../support/pki.ts'
import { openPool, openResponder, type Pool, type Responder } from '../support/responder.ts'
import { startServer, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'

type Params = Record<string, unknown>

/** A command as the API shows it, as far as these tests look at it. */
interface Shown {
  readonly outcome: string | null
  readonly reason: string | null
}

const password = 'a-password-of-the-station'
const tokens: Readonly<Record<string, object>> = {
  // registered with hyphens and without its check digit, as its provider writes it
  'DE-83D-UIEN83QGZ': { type: 'EVCO' },
  DE83DUIEN83ZGQM: { type: 'EVCO', status: 'Blocked' },
  NLTNM000122045: { type: 'EVCO', expiresAt: '2020-01-01T00:00:00Z' },
  FRXYZ1234567892: { type: 'RFID' },
}

/** Plug & Charge on a whole server, by a station of another author's hand, against a real PKI, responder and pool. */
describe('Plug & Charge', () => {
  let ours: Pki
  let responder: Responder
  let pool: Pool
  let test: TestServer
  let poolSays: { readonly status?: number; readonly body: string }
  let authority: Awaited<ReturnType<typeof testAuthority>>['authority']

  beforeAll(async () => {
    ;({ authority } = await testAuthority())
    // certificates name their responder, which answers for those that sign them: one comes after the other
    let authorities: readonly Certified[] = []
    responder = await openResponder({
      get authorities() {
        return authorities
      },
    })
    ours = await pki(responder.url)
    authorities = [ours.moSub2, ours.moSub1, ours.moRoot, ours.cpoSub2, ours.cpoSub1, ours.v2gRoot]
    pool = await openPool(() => poolSays)
    test = await startServer({
      SM_OCSP_HOSTS: '127.0.0.1',
      SM_CONTRACT_POOL_URL: pool.url,
      SM_CONTRACT_POOL_TOKEN: 'pool-token',
    })
    for (const [uid, token] of Object.entries(tokens)) await test.api('PUT', `/api/v1/tokens/${uid}`, token)
    const anchor = { use: 'mo', certificate: ours.moRoot.pem }
    expect((await test.api('PUT', '/api/v1/trust-anchors/mo-root', anchor)).status).toBe(201)
  })
  afterAll(async () => {
    await test?.stop()
    await pool?.close()
    await responder?.close()
  })
  beforeEach(() => responder.misbehave(undefined))

  const hashOf = async (chain: string, algorithm: HashAlgorithm = 'SHA256'): Promise<CertificateHash> => {
    const hash = await authority.hashDataOf(chain, algorithm)
    if (hash === undefined) throw new Error('no hash')
    return hash
  }
  const questionOf = async (certificate: Certified, issuer: Certified, responderURL = responder.url) => ({
    ...(await hashOf(chainOf(certificate, issuer))),
    responderURL,
  })
  /** What the station has checked itself: the vehicle's certificate and those above it, below the root. */
  const hashesOf = async (contract: Certified) => [
    await questionOf(contract, ours.moSub2),
    await questionOf(ours.moSub2, ours.moSub1),
    await questionOf(ours.moSub1, ours.moRoot),
  ]

  describe.each(protocols.filter(isTwo))('over %s', (protocol: Protocol2) => {
    let station: ForeignStation
    const identity = `PNC-${protocol.replaceAll('.', '-')}`
    let asked: Params | undefined

    beforeAll(async () => {
      await test.api('PUT', `/api/v1/charge-points/${identity}`, { password })
      station = await foreignStation(test.url, identity, password, { protocol })
      await station.call('BootNotification', {
        reason: 'PowerUp',
        chargingStation: { vendorName: 'Foreign', model: 'Client', serialNumber: `SN-${identity}` },
      })
    })
    afterAll(() => station?.close())
    afterEach(() => (asked = undefined))

    const answers = (action: string, answer: object): void =>
      station.on(action, (params) => {
        asked = params
        return answer
      })
    const order = async (body: object): Promise<Shown> =>
      (await test.api('POST', `/api/v1/charge-points/${identity}/commands?wait=15`, body)).body
    const authorize = async (more: object, uid = emaid, type = 'eMAID') => {
      const answer = await station.call('Authorize', { idToken: { idToken: uid, type }, ...more })
      return [answer['certificateStatus'], (answer['idTokenInfo'] as Params)['status']]
    }
    const byHashes = async (contract: Certified, uid?: string) =>
      authorize({ iso15118CertificateHashData: await hashesOf(contract) }, uid)
    const byCertificate = (contract: Certified, uid?: string) =>
      authorize({ certificate: chainOf(contract, ours.moSub2, ours.moSub1) }, uid)

    it('TC_C_50_CSMS a contract that the station has checked may charge, however it is spelt', async () => {
      const contract = await ours.contract()
      expect(await byHashes(contract)).toEqual(['Accepted', 'Accepted'])
      expect(await byHashes(contract, 'de-83d-uien83qgz-d')).toEqual(['Accepted', 'Accepted'])
    })

    it('TC_C_51_CSMS a contract whose certificate was revoked may not, nor may one below an authority that was', async () => {
      const contract = await ours.contract()
      responder.says(contract, 'revoked')
      expect(await byHashes(contract)).toEqual(['CertificateRevoked', 'Invalid'])
      const [below, sub] = [await ours.contract(), ours.moSub2]
      responder.says(sub, 'revoked')
      // a sub-authority is asked about under the address that names it alone
      const hashes = [
        await questionOf(below, sub),
        await questionOf(sub, ours.moSub1, `${responder.url}?again=${protocol}`),
      ]
      expect(await authorize({ iso15118CertificateHashData: hashes })).toEqual(['CertificateRevoked', 'Invalid'])
      responder.says(sub, 'good')
    })

    it('TC_C_52_CSMS a contract that the station cannot check is checked here, and may charge', async () => {
      expect(await byCertificate(await ours.contract())).toEqual(['Accepted', 'Accepted'])
    })

    it('C07 a certificate that does not count says why', async () => {
      const past = { from: Date.now() - 2 * 86_400_000, to: Date.now() - 86_400_000 }
      expect(await byCertificate(await ours.contract(past))).toEqual(['CertificateExpired', 'Expired'])
      const ofInfrastructure = chainOf(await ours.contract({ by: ours.cpoSub2 }), ours.cpoSub2, ours.cpoSub1)
      expect(await authorize({ certificate: ofInfrastructure })).toEqual(['CertChainError', 'Invalid'])
      const impostor = await pki(responder.url)
      const chain = chainOf(await impostor.contract(), impostor.moSub2, impostor.moSub1)
      expect(await authorize({ certificate: chain })).toEqual(['SignatureError', 'Invalid'])
      expect(await authorize({ certificate: 'not a certificate' })).toEqual(['CertChainError', 'Invalid'])
      const revoked = await ours.contract()
      responder.says(revoked, 'revoked')
      expect(await byCertificate(revoked)).toEqual(['CertificateRevoked', 'Invalid'])
    })

    it('C07 a certificate of another contract opens nothing', async () => {
      expect(await byCertificate(await ours.contract({ emaid: 'ESZU8WOX834H1DR' }))).toEqual([
        'CertChainError',
        'Invalid',
      ])
    })

    it('C07 a contract that does not count is cancelled, though its certificate is good', async () => {
      const cancelled = ['DE83DUIEN83ZGQM', 'NLTNM000122045', 'ESZU8WOX834H1DR']
      const told = []
      for (const uid of cancelled) told.push(await byCertificate(await ours.contract({ emaid: uid }), uid))
      expect(told.map(([certificate]) => certificate)).toEqual(cancelled.map(() => 'ContractCancelled'))
      expect(told.map(([, status]) => status).slice(0, 2)).toEqual(['Blocked', 'Expired'])
    })

    it('C07 a card whose number looks like a contract is none', async () => {
      expect((await byHashes(await ours.contract(), 'FRXYZ1234567892'))[0]).toBe('ContractCancelled')
    })

    it('C07 what nobody answers for is no certificate: the vehicle is told in time', async () => {
      responder.misbehave({ status: 500 })
      const began = performance.now()
      expect(await byHashes(await ours.contract())).toEqual(['CertChainError', 'Invalid'])
      responder.misbehave({ waitsMs: 4_000 })
      expect(await byHashes(await ours.contract())).toEqual(['CertChainError', 'Invalid'])
      expect(performance.now() - began).toBeLessThan(4_500)
      // S-26: an address within our own network is not called
      const before = responder.asked
      const question = await questionOf(
        await ours.contract(),
        ours.moSub2,
        responder.url.replace('127.0.0.1', 'localhost'),
      )
      expect(await authorize({ iso15118CertificateHashData: [question] })).toEqual(['CertChainError', 'Invalid'])
      expect(responder.asked).toBe(before)
    })

    it('C07 without a certificate the contract alone decides', async () => {
      expect(await authorize({})).toEqual([undefined, 'Accepted'])
    })

    it('TC_M_26_CSMS TC_M_28_CSMS a vehicle gets its contract certificate installed and renewed by the pool', async () => {
      poolSays = { body: JSON.stringify({ status: 'Accepted', exiResponse: 'gJgC', remainingContracts: 1 }) }
      for (const action of ['Install', 'Update']) {
        const answer = await station.call('Get15118EVCertificate', {
          iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef',
          action,
          exiRequest: 'gAI=',
          ...(protocol === 'ocpp2.1' && { maximumContractCertificateChains: 2, prioritizedEMAIDs: [emaid] }),
        })
        expect(answer).toEqual({
          status: 'Accepted',
          exiResponse: 'gJgC',
          ...(protocol === 'ocpp2.1' && { remainingContracts: 1 }),
        })
        expect(pool.heard.at(-1)).toMatchObject({
          authorization: 'Bearer pool-token',
          body: { action, exiRequest: 'gAI=', iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef' },
        })
      }
    })

    it('M01 a pool that fails, or answers more than the station takes, leaves the vehicle to its card', async () => {
      const get = () =>
        station.call('Get15118EVCertificate', { iso15118SchemaVersion: 'x', action: 'Install', exiRequest: 'gAI=' })
      poolSays = { status: 503, body: '' }
      expect(await get()).toEqual({ status: 'Failed', exiResponse: '' })
      poolSays = { body: JSON.stringify({ status: 'Accepted', exiResponse: 'A'.repeat(17_004) }) }
      expect(await get()).toEqual({ status: 'Failed', exiResponse: '' })
      poolSays = { body: JSON.stringify({ status: 'Accepted', exiResponse: 'A'.repeat(6_000) }) }
      expect((await get())['status']).toBe(protocol === 'ocpp2.1' ? 'Accepted' : 'Failed')
    })

    it('TC_M_24_CSMS the status of the certificates that a station shows to vehicles, those of authorities too', async () => {
      for (const [certificate, issuer] of [
        [ours.leaf, ours.cpoSub2],
        [ours.cpoSub2, ours.cpoSub1],
        [ours.cpoSub1, ours.v2gRoot],
      ] as const) {
        const ocspRequestData = await questionOf(certificate, issuer)
        const { status, ocspResult } = await station.call('GetCertificateStatus', { ocspRequestData })
        expect(status).toBe('Accepted')
        expect(Buffer.from(String(ocspResult), 'base64').subarray(0, 1)).toEqual(Buffer.from([0x30]))
      }
      const nobody = { ...(await questionOf(ours.leaf, ours.cpoSub2)), responderURL: 'http://127.0.0.1:1/' }
      expect(await station.call('GetCertificateStatus', { ocspRequestData: nobody })).toEqual({ status: 'Failed' })
    })

    it.runIf(protocol === 'ocpp2.1')('M07 the status of several certificates, by OCSP and by lists', async () => {
      const revoked = await ours.contract()
      responder.says(revoked, 'revoked')
      const certificateHashData = await hashOf(chainOf(revoked, ours.moSub2))
      const { certificateStatus } = await station.call('GetCertificateChainStatus', {
        certificateStatusRequests: [
          { certificateHashData, source: 'OCSP', urls: ['http://127.0.0.1:1/', responder.url] },
          {
            certificateHashData: await hashOf(chainOf(ours.moSub1, ours.moRoot)),
            source: 'OCSP',
            urls: [responder.url],
          },
          { certificateHashData, source: 'CRL', urls: ['ldap://127.0.0.1/list'] },
        ],
      })
      const told = certificateStatus as readonly Params[]
      expect(told.map(({ source, status }) => [source, status])).toEqual([
        ['OCSP', 'Revoked'],
        ['OCSP', 'Good'],
        ['CRL', 'Failed'],
      ])
      expect(told[0]?.['certificateHashData']).toEqual(certificateHashData)
      expect(told.every(({ nextUpdate }) => Number.isFinite(Date.parse(String(nextUpdate))))).toBe(true)
    })

    const words = {
      v2g: 'V2GRootCertificate',
      mo: 'MORootCertificate',
      manufacturer: 'ManufacturerRootCertificate',
      centralSystem: 'CSMSRootCertificate',
    } as const
    it.each(Object.entries(words))(
      'TC_M_01..05_CSMS TC_M_12..20_CSMS a root for %s is installed, listed and deleted',
      async (use, word) => {
        const { pem } = use === 'mo' ? ours.moRoot : ours.v2gRoot
        answers('InstallCertificate', { status: 'Accepted' })
        expect((await order({ type: 'installCertificate', use, certificate: pem })).outcome).toBe('succeeded')
        expect(asked).toEqual({ certificateType: word, certificate: pem })
        const hash = await hashOf(pem)
        answers('GetInstalledCertificateIds', {
          status: 'Accepted',
          certificateHashDataChain: [{ certificateType: word, certificateHashData: hash }],
        })
        expect((await order({ type: 'listCertificates', use })).outcome).toBe('succeeded')
        expect(asked).toEqual({ certificateType: [word] })
        const { body } = await test.api('GET', `/api/v1/charge-points/${identity}/installed-certificates`)
        const { items }: { items: readonly Params[] } = body
        expect(items.filter((item) => item['use'] === use)).toMatchObject([{ ...hash }])
        answers('DeleteCertificate', { status: 'Accepted' })
        expect((await order({ type: 'deleteCertificate', use, hash })).outcome).toBe('succeeded')
        expect(asked).toEqual({ certificateHashData: hash })
      },
    )

    it('M03 several kinds at once, with what it shows to vehicles; and all of them', async () => {
      const chain = {
        certificateType: 'V2GCertificateChain',
        certificateHashData: await hashOf(chainOf(ours.leaf, ours.cpoSub2)),
        childCertificateHashData: [await hashOf(chainOf(ours.cpoSub2, ours.cpoSub1))],
      }
      answers('GetInstalledCertificateIds', { status: 'Accepted', certificateHashDataChain: [chain] })
      await order({ type: 'listCertificates', uses: ['v2g', 'v2gChain'] })
      expect(asked).toEqual({ certificateType: ['V2GRootCertificate', 'V2GCertificateChain'] })
      const { body } = await test.api('GET', `/api/v1/charge-points/${identity}/installed-certificates`)
      expect((body as { items: readonly Params[] }).items.filter(({ use }) => use === 'v2gChain')).toMatchObject([
        chain.certificateHashData,
      ])
      answers('GetInstalledCertificateIds', { status: 'NotFound' })
      expect((await order({ type: 'listCertificates' })).outcome).toBe('succeeded')
      expect(asked).toEqual({})
      const after = await test.api('GET', `/api/v1/charge-points/${identity}/installed-certificates`)
      expect((after.body as { items: readonly Params[] }).items).toEqual([])
    })

    it('TC_M_21_CSMS what the station will not do is told', async () => {
      const hash = await hashOf(ours.v2gRoot.pem)
      answers('DeleteCertificate', { status: 'NotFound' })
      expect((await order({ type: 'deleteCertificate', hash })).outcome).toBe('rejected')
      answers('DeleteCertificate', { status: 'Failed' })
      expect((await order({ type: 'deleteCertificate', hash })).outcome).toBe('failed')
      answers('InstallCertificate', { status: 'Rejected' })
      const wanted = { type: 'installCertificate', use: 'v2g', certificate: ours.v2gRoot.pem }
      expect((await order(wanted)).outcome).toBe('rejected')
    })

    it('a root of car makers is known from 2.1 on', async () => {
      answers('InstallCertificate', { status: 'Accepted' })
      const { outcome, reason } = await order({ type: 'installCertificate', use: 'oem', certificate: ours.moRoot.pem })
      if (protocol === 'ocpp2.1')
        expect([outcome, asked?.['certificateType']]).toEqual(['succeeded', 'OEMRootCertificate'])
      else expect([outcome, reason]).toEqual(['unsupported', 'OCPP 2.0.1 knows no roots of car makers'])
    })

    const signed = (): Promise<X509Certificate> =>
      until('the certificate', async () =>
        asked?.['certificateChain'] === undefined ? undefined : new X509Certificate(String(asked['certificateChain'])),
      )
    const purposes = (certificate: X509Certificate): readonly string[] => certificate.keyUsage ?? []
    const server = '1.3.6.1.5.5.7.3.1'
    const client = '1.3.6.1.5.5.7.3.2'

    it.each([
      ['TC_A_12_CSMS for vehicles', 'V2GCertificate', [server]],
      ['TC_A_11_CSMS for us', 'ChargingStationCertificate', [client]],
      ['TC_A_13_CSMS for both', undefined, [client, server]],
    ])('%s a certificate is signed and delivered', async (_, certificateType, wanted) => {
      answers('CertificateSigned', { status: 'Accepted' })
      const csr = await request(named(`SN-${identity}`), ec())
      const numbered = protocol === 'ocpp2.1' ? { requestId: 4_711 } : {}
      const typed = certificateType === undefined ? {} : { certificateType }
      expect(await station.call('SignCertificate', { csr, ...typed, ...numbered })).toEqual({ status: 'Accepted' })
      const certificate = await signed()
      expect(certificate.subject.split('\n').at(-1)).toBe(`CN=SN-${identity}`)
      expect(purposes(certificate)).toEqual(wanted)
      const { certificateChain: _chain, ...more } = asked ?? {}
      expect(more).toEqual({ ...typed, ...numbered })
    })

    it('the order to renew what it shows to vehicles ends when the station has it', async () => {
      answers('CertificateSigned', { status: 'Accepted' })
      const csr = await request(named(`SN-${identity}`), ec())
      station.on('TriggerMessage', (params) => {
        expect(params).toEqual({ requestedMessage: 'SignV2GCertificate' })
        setTimeout(() => void station.call('SignCertificate', { csr, certificateType: 'V2GCertificate' }), 20)
        return { status: 'Accepted' }
      })
      expect((await order({ type: 'renewCertificate', use: 'v2g' })).outcome).toBe('succeeded')
    })

    it('TC_A_14_CSMS a certificate that the station does not take ends the order that asked for it', async () => {
      answers('CertificateSigned', { status: 'Rejected' })
      const csr = await request(named(`SN-${identity}`), ec())
      station.on('TriggerMessage', () => {
        setTimeout(
          () => void station.call('SignCertificate', { csr, certificateType: 'ChargingStationCertificate' }),
          20,
        )
        return { status: 'Accepted' }
      })
      expect(await order({ type: 'renewCertificate' })).toMatchObject({
        outcome: 'failed',
        reason: 'the charge point did not take its certificate',
      })
    })

    it('BI-48 a request in the name of another, and one for another root, is refused', async () => {
      const csr = await request(named('SN-OF-ANOTHER'), ec())
      const certificateType = 'V2GCertificate'
      expect(await station.call('SignCertificate', { csr, certificateType })).toEqual({ status: 'Rejected' })
      if (protocol !== 'ocpp2.1') return
      const own = await request(named(`SN-${identity}`), ec())
      const ask = (hashRootCertificate: CertificateHash) =>
        station.call('SignCertificate', { csr: own, certificateType, hashRootCertificate, requestId: 1 })
      expect(await ask(await hashOf(ours.v2gRoot.pem))).toEqual({ status: 'Rejected' })
      const { body } = await test.api('GET', '/api/v1/authority')
      answers('CertificateSigned', { status: 'Accepted' })
      expect(await ask(await hashOf((body as { certificate: string }).certificate, 'SHA384'))).toEqual({
        status: 'Accepted',
      })
      await signed()
    })
  })
})
