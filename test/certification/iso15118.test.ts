import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isTwo, type Protocol2, protocols } from '../../core/ocpp/version.ts'
import { type Certified } from '../support/certificates.ts'
import { chainOf, emaid, pki } from '../support/pki.ts'
import { type Params, type PlugAndCharge, type Plugged, setUp } from './iso15118-setting.ts'

/** Plug & Charge on a whole server, by a station of another author's hand, against a real PKI, responder and pool. */
describe('Plug & Charge', () => {
  let all: PlugAndCharge
  beforeAll(async () => {
    all = await setUp()
  })
  afterAll(() => all?.stop())
  beforeEach(() => all.responder.misbehave(undefined))

  describe.each(protocols.filter(isTwo))('over %s', (protocol: Protocol2) => {
    let { station }: Partial<Plugged> = {}
    beforeAll(async () => {
      ;({ station } = await all.station(`PNC-${protocol.replaceAll('.', '-')}`, protocol))
    })
    afterAll(() => station?.close())
    const call = (action: string, payload: object): Promise<Params> => {
      if (station === undefined) throw new Error('it is not connected')
      return station.call(action, payload)
    }

    const authorize = async (more: object, uid = emaid, type = 'eMAID') => {
      const answer = await call('Authorize', { idToken: { idToken: uid, type }, ...more })
      return [answer['certificateStatus'], (answer['idTokenInfo'] as Params)['status']]
    }
    const byHashes = async (contract: Certified, uid?: string) =>
      authorize({ iso15118CertificateHashData: await all.hashesOf(contract) }, uid)
    const byCertificate = (contract: Certified, uid?: string) =>
      authorize({ certificate: chainOf(contract, all.ours.moSub2, all.ours.moSub1) }, uid)

    it('TC_C_50_CSMS a contract that the station has checked may charge, however it is spelt', async () => {
      const contract = await all.ours.contract()
      expect(await byHashes(contract)).toEqual(['Accepted', 'Accepted'])
      expect(await byHashes(contract, 'de-83d-uien83qgz-d')).toEqual(['Accepted', 'Accepted'])
    })

    it('TC_C_51_CSMS a contract whose certificate was revoked may not, nor may one below an authority that was', async () => {
      const contract = await all.ours.contract()
      all.responder.says(contract, 'revoked')
      expect(await byHashes(contract)).toEqual(['CertificateRevoked', 'Invalid'])
      const [below, sub] = [await all.ours.contract(), all.ours.moSub2]
      all.responder.says(sub, 'revoked')
      // a sub-authority is asked about under the address that names it alone
      const hashes = [
        await all.questionOf(below, sub),
        await all.questionOf(sub, all.ours.moSub1, `${all.responder.url}?again=${protocol}`),
      ]
      expect(await authorize({ iso15118CertificateHashData: hashes })).toEqual(['CertificateRevoked', 'Invalid'])
      all.responder.says(sub, 'good')
    })

    it('TC_C_52_CSMS a contract that the station cannot check is checked here, and may charge', async () => {
      expect(await byCertificate(await all.ours.contract())).toEqual(['Accepted', 'Accepted'])
    })

    it('C07 a certificate that does not count says why', async () => {
      const past = { from: Date.now() - 2 * 86_400_000, to: Date.now() - 86_400_000 }
      expect(await byCertificate(await all.ours.contract(past))).toEqual(['CertificateExpired', 'Expired'])
      const ofInfrastructure = chainOf(
        await all.ours.contract({ by: all.ours.cpoSub2 }),
        all.ours.cpoSub2,
        all.ours.cpoSub1,
      )
      expect(await authorize({ certificate: ofInfrastructure })).toEqual(['CertChainError', 'Invalid'])
      const impostor = await pki(all.responder.url)
      const chain = chainOf(await impostor.contract(), impostor.moSub2, impostor.moSub1)
      expect(await authorize({ certificate: chain })).toEqual(['SignatureError', 'Invalid'])
      expect(await authorize({ certificate: 'not a certificate' })).toEqual(['CertChainError', 'Invalid'])
      const revoked = await all.ours.contract()
      all.responder.says(revoked, 'revoked')
      expect(await byCertificate(revoked)).toEqual(['CertificateRevoked', 'Invalid'])
    })

    it('C07 a certificate of another contract opens nothing', async () => {
      expect(await byCertificate(await all.ours.contract({ emaid: 'ESZU8WOX834H1DR' }))).toEqual([
        'CertChainError',
        'Invalid',
      ])
    })

    it('C07 a contract that does not count is cancelled, though its certificate is good', async () => {
      const cancelled = ['DE83DUIEN83ZGQM', 'NLTNM000122045', 'ESZU8WOX834H1DR']
      const told = []
      for (const uid of cancelled) told.push(await byCertificate(await all.ours.contract({ emaid: uid }), uid))
      expect(told.map(([certificate]) => certificate)).toEqual(cancelled.map(() => 'ContractCancelled'))
      expect(told.map(([, status]) => status).slice(0, 2)).toEqual(['Blocked', 'Expired'])
    })

    it('C07 a card whose number looks like a contract is none', async () => {
      expect((await byHashes(await all.ours.contract(), 'FRXYZ1234567892'))[0]).toBe('ContractCancelled')
    })

    it('C07 what nobody answers for is no certificate: the vehicle is told in time', async () => {
      all.responder.misbehave({ status: 500 })
      const began = performance.now()
      expect(await byHashes(await all.ours.contract())).toEqual(['CertChainError', 'Invalid'])
      all.responder.misbehave({ waitsMs: 4_000 })
      expect(await byHashes(await all.ours.contract())).toEqual(['CertChainError', 'Invalid'])
      expect(performance.now() - began).toBeLessThan(4_500)
      // S-26: an address within our own network is not called
      const before = all.responder.asked
      const question = await all.questionOf(
        await all.ours.contract(),
        all.ours.moSub2,
        all.responder.url.replace('127.0.0.1', 'localhost'),
      )
      expect(await authorize({ iso15118CertificateHashData: [question] })).toEqual(['CertChainError', 'Invalid'])
      expect(all.responder.asked).toBe(before)
    })

    it('C07 without a certificate the contract alone decides', async () => {
      expect(await authorize({})).toEqual([undefined, 'Accepted'])
    })

    it('TC_M_26_CSMS TC_M_28_CSMS a vehicle gets its contract certificate installed and renewed by the pool', async () => {
      all.poolSays({ body: JSON.stringify({ status: 'Accepted', exiResponse: 'gJgC', remainingContracts: 1 }) })
      for (const action of ['Install', 'Update']) {
        const answer = await call('Get15118EVCertificate', {
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
        expect(all.pool.heard.at(-1)).toMatchObject({
          authorization: 'Bearer pool-token',
          body: { action, exiRequest: 'gAI=', iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef' },
        })
      }
    })

    it('M01 a pool that fails, or answers more than the station takes, leaves the vehicle to its card', async () => {
      const get = () =>
        call('Get15118EVCertificate', { iso15118SchemaVersion: 'x', action: 'Install', exiRequest: 'gAI=' })
      all.poolSays({ status: 503, body: '' })
      expect(await get()).toEqual({ status: 'Failed', exiResponse: '' })
      all.poolSays({ body: JSON.stringify({ status: 'Accepted', exiResponse: 'A'.repeat(17_004) }) })
      expect(await get()).toEqual({ status: 'Failed', exiResponse: '' })
      all.poolSays({ body: JSON.stringify({ status: 'Accepted', exiResponse: 'A'.repeat(6_000) }) })
      expect((await get())['status']).toBe(protocol === 'ocpp2.1' ? 'Accepted' : 'Failed')
    })

    it('TC_M_24_CSMS the status of the certificates that a station shows to vehicles, those of authorities too', async () => {
      for (const [certificate, issuer] of [
        [all.ours.leaf, all.ours.cpoSub2],
        [all.ours.cpoSub2, all.ours.cpoSub1],
        [all.ours.cpoSub1, all.ours.v2gRoot],
      ] as const) {
        const ocspRequestData = await all.questionOf(certificate, issuer)
        const { status, ocspResult } = await call('GetCertificateStatus', { ocspRequestData })
        expect(status).toBe('Accepted')
        expect(Buffer.from(String(ocspResult), 'base64').subarray(0, 1)).toEqual(Buffer.from([0x30]))
      }
      const nobody = { ...(await all.questionOf(all.ours.leaf, all.ours.cpoSub2)), responderURL: 'http://127.0.0.1:1/' }
      expect(await call('GetCertificateStatus', { ocspRequestData: nobody })).toEqual({ status: 'Failed' })
    })

    const only21 = protocol === 'ocpp2.1' ? it : () => {}
    only21('M07 the status of several certificates, by OCSP and by lists', async () => {
      const revoked = await all.ours.contract()
      all.responder.says(revoked, 'revoked')
      const certificateHashData = await all.hashOf(chainOf(revoked, all.ours.moSub2))
      const { certificateStatus } = await call('GetCertificateChainStatus', {
        certificateStatusRequests: [
          { certificateHashData, source: 'OCSP', urls: ['http://127.0.0.1:1/', all.responder.url] },
          {
            certificateHashData: await all.hashOf(chainOf(all.ours.moSub1, all.ours.moRoot)),
            source: 'OCSP',
            urls: [all.responder.url],
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
  })
})
