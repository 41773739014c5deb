import { X509Certificate } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CertificateHash } from '../../core/domain/certificate.ts'
import { isTwo, type Protocol2, protocols } from '../../core/ocpp/version.ts'
import { ec, named, request } from '../support/certificates.ts'
import { chainOf } from '../support/pki.ts'
import { until } from '../support/server.ts'
import { type PlugAndCharge, type Plugged, setUp } from './iso15118-setting.ts'

/** The certificates of stations in 2.x, on a whole server: what they trust, and what they show to us and to vehicles. */
describe('certificates of charging stations', () => {
  let all: PlugAndCharge
  beforeAll(async () => {
    all = await setUp()
  })
  afterAll(() => all?.stop())

  describe.each(protocols.filter(isTwo))('over %s', (protocol: Protocol2) => {
    const identity = `PNC-${protocol.replaceAll('.', '-')}`
    let one: Plugged
    beforeAll(async () => {
      one = await all.station(identity, protocol)
    })
    afterAll(() => one?.station.close())
    afterEach(() => {
      one.asked.last = undefined
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
        const { pem } = use === 'mo' ? all.ours.moRoot : all.ours.v2gRoot
        one.answers('InstallCertificate', { status: 'Accepted' })
        expect((await one.order({ type: 'installCertificate', use, certificate: pem })).outcome).toBe('succeeded')
        expect(one.asked.last).toEqual({ certificateType: word, certificate: pem })
        const hash = await all.hashOf(pem)
        one.answers('GetInstalledCertificateIds', {
          status: 'Accepted',
          certificateHashDataChain: [{ certificateType: word, certificateHashData: hash }],
        })
        expect((await one.order({ type: 'listCertificates', use })).outcome).toBe('succeeded')
        expect(one.asked.last).toEqual({ certificateType: [word] })
        expect((await one.installed()).filter((item) => item['use'] === use)).toMatchObject([{ ...hash }])
        one.answers('DeleteCertificate', { status: 'Accepted' })
        expect((await one.order({ type: 'deleteCertificate', use, hash })).outcome).toBe('succeeded')
        expect(one.asked.last).toEqual({ certificateHashData: hash })
      },
    )

    it('M03 several kinds at once, with what it shows to vehicles; and all of them', async () => {
      const chain = {
        certificateType: 'V2GCertificateChain',
        certificateHashData: await all.hashOf(chainOf(all.ours.leaf, all.ours.cpoSub2)),
        childCertificateHashData: [await all.hashOf(chainOf(all.ours.cpoSub2, all.ours.cpoSub1))],
      }
      one.answers('GetInstalledCertificateIds', { status: 'Accepted', certificateHashDataChain: [chain] })
      await one.order({ type: 'listCertificates', uses: ['v2g', 'v2gChain'] })
      expect(one.asked.last).toEqual({ certificateType: ['V2GRootCertificate', 'V2GCertificateChain'] })
      expect((await one.installed()).filter(({ use }) => use === 'v2gChain')).toMatchObject([chain.certificateHashData])
      one.answers('GetInstalledCertificateIds', { status: 'NotFound' })
      expect((await one.order({ type: 'listCertificates' })).outcome).toBe('succeeded')
      expect(one.asked.last).toEqual({})
      expect(await one.installed()).toEqual([])
    })

    it('TC_M_21_CSMS what the station will not do is told', async () => {
      const hash = await all.hashOf(all.ours.v2gRoot.pem)
      one.answers('DeleteCertificate', { status: 'NotFound' })
      expect((await one.order({ type: 'deleteCertificate', hash })).outcome).toBe('rejected')
      one.answers('DeleteCertificate', { status: 'Failed' })
      expect((await one.order({ type: 'deleteCertificate', hash })).outcome).toBe('failed')
      one.answers('InstallCertificate', { status: 'Rejected' })
      const wanted = { type: 'installCertificate', use: 'v2g', certificate: all.ours.v2gRoot.pem }
      expect((await one.order(wanted)).outcome).toBe('rejected')
    })

    it('a root of car makers is known from 2.1 on', async () => {
      one.answers('InstallCertificate', { status: 'Accepted' })
      const { outcome, reason } = await one.order({
        type: 'installCertificate',
        use: 'oem',
        certificate: all.ours.moRoot.pem,
      })
      if (protocol === 'ocpp2.1')
        expect([outcome, one.asked.last?.['certificateType']]).toEqual(['succeeded', 'OEMRootCertificate'])
      else expect([outcome, reason]).toEqual(['unsupported', 'OCPP 2.0.1 knows no roots of car makers'])
    })

    const signed = (): Promise<X509Certificate> =>
      until('the certificate', async () => {
        const chain = one.asked.last?.['certificateChain']
        return typeof chain === 'string' ? new X509Certificate(chain) : undefined
      })
    const purposes = (certificate: X509Certificate): readonly string[] => certificate.keyUsage ?? []
    const server = '1.3.6.1.5.5.7.3.1'
    const client = '1.3.6.1.5.5.7.3.2'

    it.each([
      ['TC_A_12_CSMS for vehicles', 'V2GCertificate', [server]],
      ['TC_A_11_CSMS for us', 'ChargingStationCertificate', [client]],
      ['TC_A_13_CSMS for both', undefined, [client, server]],
    ])('%s a certificate is signed and delivered', async (_, certificateType, wanted) => {
      one.answers('CertificateSigned', { status: 'Accepted' })
      const csr = await request(named(`SN-${identity}`), ec())
      const numbered = protocol === 'ocpp2.1' ? { requestId: 4_711 } : {}
      const typed = certificateType === undefined ? {} : { certificateType }
      expect(await one.station.call('SignCertificate', { csr, ...typed, ...numbered })).toEqual({ status: 'Accepted' })
      const certificate = await signed()
      expect(certificate.subject.split('\n').at(-1)).toBe(`CN=SN-${identity}`)
      expect(purposes(certificate)).toEqual(wanted)
      const { certificateChain: _chain, ...more } = one.asked.last ?? {}
      expect(more).toEqual({ ...typed, ...numbered })
    })

    it('the order to renew what it shows to vehicles ends when the station has it', async () => {
      one.answers('CertificateSigned', { status: 'Accepted' })
      const csr = await request(named(`SN-${identity}`), ec())
      one.station.on('TriggerMessage', (params) => {
        expect(params).toEqual({ requestedMessage: 'SignV2GCertificate' })
        setTimeout(() => void one.station.call('SignCertificate', { csr, certificateType: 'V2GCertificate' }), 20)
        return { status: 'Accepted' }
      })
      expect((await one.order({ type: 'renewCertificate', use: 'v2g' })).outcome).toBe('succeeded')
    })

    it('TC_A_14_CSMS a certificate that the station does not take ends the order that asked for it', async () => {
      one.answers('CertificateSigned', { status: 'Rejected' })
      const csr = await request(named(`SN-${identity}`), ec())
      one.station.on('TriggerMessage', () => {
        setTimeout(
          () => void one.station.call('SignCertificate', { csr, certificateType: 'ChargingStationCertificate' }),
          20,
        )
        return { status: 'Accepted' }
      })
      expect(await one.order({ type: 'renewCertificate' })).toMatchObject({
        outcome: 'failed',
        reason: 'the charge point did not take its certificate',
      })
    })

    it('BI-48 a request in the name of another, and one for another root, is refused', async () => {
      const csr = await request(named('SN-OF-ANOTHER'), ec())
      const certificateType = 'V2GCertificate'
      expect(await one.station.call('SignCertificate', { csr, certificateType })).toEqual({ status: 'Rejected' })
      if (protocol !== 'ocpp2.1') return
      const own = await request(named(`SN-${identity}`), ec())
      const ask = (hashRootCertificate: CertificateHash) =>
        one.station.call('SignCertificate', { csr: own, certificateType, hashRootCertificate, requestId: 1 })
      expect(await ask(await all.hashOf(all.ours.v2gRoot.pem))).toEqual({ status: 'Rejected' })
      const { body } = await all.test.api('GET', '/api/v1/authority')
      one.answers('CertificateSigned', { status: 'Accepted' })
      expect(await ask(await all.hashOf((body as { certificate: string }).certificate, 'SHA384'))).toEqual({
        status: 'Accepted',
      })
      await signed()
    })
  })
})
