import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { certified } from '../support/certificates.ts'
import { type Case2, type Setting2, setUp2 } from './setting-2.ts'

/** What a station trusts, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block M). */
describe('OCPP 2.0.1 certificates', () => {
  let setting: Setting2
  let it_: Case2
  let certificate: string
  let serial = 0
  const accepted = { status: 'Accepted' }
  const hash = (serialNumber: string) => ({
    hashAlgorithm: 'SHA256',
    issuerNameHash: 'aa',
    issuerKeyHash: 'bb',
    serialNumber,
  })

  beforeAll(async () => {
    setting = await setUp2()
    certificate = (await certified({ ca: true })).pem
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case2> => (it_ = await setting.station(`CERT-${++serial}`))
  afterEach(() => it_?.close().catch(() => {}))
  const installed = async (one: Case2): Promise<object> =>
    (await setting.test.api('GET', `/api/v1/charge-points/${one.identity}/installed-certificates`)).body

  it.each([
    ['TC_M_01_CSMS', 'centralSystem', 'CSMSRootCertificate'],
    ['TC_M_02_CSMS', 'manufacturer', 'ManufacturerRootCertificate'],
    ['TC_M_03_CSMS', 'v2g', 'V2GRootCertificate'],
    ['TC_M_04_CSMS', 'mo', 'MORootCertificate'],
  ])('%s a root for %s is installed as what it is', async (_, use, certificateType) => {
    const one = await begin()
    one.answers('InstallCertificate', accepted)
    expect(await one.order({ type: 'installCertificate', use, certificate })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked.get('InstallCertificate')).toEqual({ certificateType, certificate })
  })

  it('TC_M_05_CSMS a root that cannot be installed: the order has failed', async () => {
    const one = await begin()
    one.answers('InstallCertificate', { status: 'Failed' })
    const order = { type: 'installCertificate', use: 'centralSystem', certificate }
    expect(await one.order(order)).toMatchObject({ state: 'done', outcome: 'failed', reason: 'Failed' })
  })

  it.each([
    ['TC_M_12_CSMS roots of ours', ['centralSystem'], ['CSMSRootCertificate']],
    ['TC_M_13_CSMS roots of the maker', ['manufacturer'], ['ManufacturerRootCertificate']],
    ['TC_M_14_CSMS roots of V2G', ['v2g'], ['V2GRootCertificate']],
    ['TC_M_15_CSMS what it shows to vehicles', ['v2gChain'], ['V2GCertificateChain']],
    ['TC_M_16_CSMS roots of mobility operators', ['mo'], ['MORootCertificate']],
    [
      'TC_M_17_CSMS roots of two kinds',
      ['centralSystem', 'manufacturer'],
      ['CSMSRootCertificate', 'ManufacturerRootCertificate'],
    ],
  ])('%s are listed: what the station has is shown', async (_, uses, words) => {
    const one = await begin()
    const certificateHashDataChain = words.map((certificateType, i) => ({
      certificateType,
      certificateHashData: hash(String(i)),
    }))
    one.answers('GetInstalledCertificateIds', { ...accepted, certificateHashDataChain })
    expect(await one.order({ type: 'listCertificates', uses })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked.get('GetInstalledCertificateIds')).toEqual({ certificateType: words })
    expect(await installed(one)).toMatchObject({ items: uses.map((use, i) => ({ use, ...hash(String(i)) })) })
  })

  it('TC_M_18_CSMS TC_M_19_CSMS all of them are listed: no kind is named; and when there is none, none is shown', async () => {
    const one = await begin()
    const known = [
      { certificateType: 'CSMSRootCertificate', certificateHashData: hash('1') },
      {
        certificateType: 'V2GCertificateChain',
        certificateHashData: hash('2'),
        childCertificateHashData: [hash('3')],
      },
    ]
    one.answers('GetInstalledCertificateIds', { ...accepted, certificateHashDataChain: known })
    expect(await one.order({ type: 'listCertificates' })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked.get('GetInstalledCertificateIds')).toEqual({})
    expect(await installed(one)).toMatchObject({ items: [hash('1'), hash('2')] })
    one.answers('GetInstalledCertificateIds', { status: 'NotFound' })
    expect(await one.order({ type: 'listCertificates' })).toMatchObject({ outcome: 'succeeded' })
    expect(await installed(one)).toMatchObject({ items: [] })
  })

  it.each([
    ['TC_M_20_CSMS', 'Accepted', 'succeeded'],
    ['TC_M_21_CSMS', 'Failed', 'failed'],
  ])('%s a certificate is deleted by the hashes that the station told, answered %s: the order %s', async (...row) => {
    const [, status, outcome] = row
    const one = await begin()
    one.answers('DeleteCertificate', { status })
    const told = hash('7')
    expect(await one.order({ type: 'deleteCertificate', hash: told })).toMatchObject({ state: 'done', outcome })
    expect(one.asked.get('DeleteCertificate')).toEqual({ certificateHashData: told })
  })
})
