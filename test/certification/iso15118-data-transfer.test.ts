import { X509Certificate } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ec, named, request } from '../support/certificates.ts'
import { chainOf, emaid } from '../support/pki.ts'
import { until } from '../support/server.ts'
import { type Params, type PlugAndCharge, type Plugged, setUp } from './iso15118-setting.ts'

const vendorId = 'org.openchargealliance.iso15118pnc'

/** Plug & Charge over OCPP 1.6: the messages of 2.0.1 in the data of a DataTransfer (OCA application note, 2020). */
describe('Plug & Charge over OCPP 1.6', () => {
  const identity = 'PNC-16'
  let all: PlugAndCharge
  let one: Plugged
  beforeAll(async () => {
    all = await setUp()
    one = await all.station(identity, 'ocpp1.6')
  })
  afterAll(async () => {
    await one?.station.close()
    await all?.stop()
  })
  afterEach(() => {
    one.asked.last = undefined
  })

  /** Says a message of 2.0.1, and reads what is answered to it. */
  const say = async (messageId: string, payload: object): Promise<Params> => {
    const answer = await one.station.call('DataTransfer', { vendorId, messageId, data: JSON.stringify(payload) })
    expect(answer['status']).toBe('Accepted')
    return JSON.parse(String(answer['data'])) as Params
  }
  const authorize = async (more: object, uid = emaid) => {
    const { certificateStatus, idTokenInfo } = await say('Authorize', {
      idToken: { idToken: uid, type: 'eMAID' },
      ...more,
    })
    return [certificateStatus, (idTokenInfo as Params)['status']]
  }
  /** Answers messages of 2.0.1; what was asked last is in `asked`, by its name. */
  const answers = (answer: object, status = 'Accepted'): void =>
    one.station.on('DataTransfer', (params) => {
      const { vendorId: vendor, messageId, data } = params
      expect(vendor).toBe(vendorId)
      one.asked.last = { messageId, ...(JSON.parse(String(data)) as Params) }
      return { status, ...(status === 'Accepted' && { data: JSON.stringify(answer) }) }
    })

  it('TC_C_50_CSMS a contract that the station has checked may charge; one that was revoked may not', async () => {
    const contract = await all.ours.contract()
    const iso15118CertificateHashData = await all.hashesOf(contract)
    expect(await authorize({ iso15118CertificateHashData })).toEqual(['Accepted', 'Accepted'])
    const revoked = await all.ours.contract()
    all.responder.says(revoked, 'revoked')
    expect(await authorize({ iso15118CertificateHashData: await all.hashesOf(revoked) })).toEqual([
      'CertificateRevoked',
      'Invalid',
    ])
  })

  it('TC_C_52_CSMS a contract that the station cannot check is checked here', async () => {
    const { moSub1, moSub2, contract } = all.ours
    expect(await authorize({ certificate: chainOf(await contract(), moSub2, moSub1) })).toEqual([
      'Accepted',
      'Accepted',
    ])
    const blocked = 'DE83DUIEN83ZGQM'
    const certificate = chainOf(await contract({ emaid: blocked }), moSub2, moSub1)
    expect(await authorize({ certificate }, blocked)).toEqual(['ContractCancelled', 'Blocked'])
  })

  it('no. 49: the contract goes into idTag, and its session is the one of its token', async () => {
    const start = { connectorId: 1, idTag: emaid, meterStart: 0, timestamp: new Date().toISOString() }
    const { idTagInfo, transactionId } = await one.station.call('StartTransaction', start)
    expect(idTagInfo).toMatchObject({ status: 'Accepted' })
    const { body } = await all.test.api('GET', `/api/v1/sessions?chargePoint=${identity}`)
    expect((body as { items: readonly Params[] }).items).toMatchObject([{ token: 'DE-83D-UIEN83QGZ' }])
    const stop = { transactionId, idTag: emaid, meterStop: 5, timestamp: new Date().toISOString() }
    expect(await one.station.call('StopTransaction', stop)).toMatchObject({ idTagInfo: { status: 'Accepted' } })
  })

  it('a vehicle gets its contract certificate from the pool, and the station the status of its own', async () => {
    all.poolSays({ body: JSON.stringify({ status: 'Accepted', exiResponse: 'gJgC' }) })
    const iso15118SchemaVersion = 'urn:iso:15118:2:2013:MsgDef'
    expect(
      await say('Get15118EVCertificate', { iso15118SchemaVersion, action: 'Install', exiRequest: 'gAI=' }),
    ).toEqual({
      status: 'Accepted',
      exiResponse: 'gJgC',
    })
    const ocspRequestData = await all.questionOf(all.ours.leaf, all.ours.cpoSub2)
    expect(await say('GetCertificateStatus', { ocspRequestData })).toMatchObject({ status: 'Accepted' })
  })

  it('what cannot be read, or is no message of these, is told so', async () => {
    const told = async (messageId: string, data?: string) =>
      (await one.station.call('DataTransfer', { vendorId, messageId, ...(data !== undefined && { data }) }))['status']
    expect(await told('Authorize', '{"idToken":5}')).toBe('Rejected')
    expect(await told('Authorize', 'no JSON')).toBe('Rejected')
    expect(await told('Authorize')).toBe('Rejected')
    expect(await told('GetCertificateStatus', '[]')).toBe('Rejected')
    expect(await told('constructor', '{}')).toBe('UnknownMessageId')
    expect(await told('Heartbeat', '{}')).toBe('UnknownMessageId')
  })

  it.each(['v2g', 'mo'] as const)(
    'TC_074_CSMS TC_076_CSMS a root for %s is installed, listed and deleted by DataTransfer',
    async (use) => {
      const certificateType = { v2g: 'V2GRootCertificate', mo: 'MORootCertificate' }[use]
      const certificate = all.ours.v2gRoot.pem
      answers({ status: 'Accepted' })
      expect(await one.order({ type: 'installCertificate', use, certificate })).toMatchObject({ outcome: 'succeeded' })
      expect(one.asked.last).toEqual({ messageId: 'InstallCertificate', certificateType, certificate })
      const hash = await all.hashOf(certificate)
      answers({ status: 'Accepted', certificateHashDataChain: [{ certificateType, certificateHashData: hash }] })
      expect(await one.order({ type: 'listCertificates', use })).toMatchObject({ outcome: 'succeeded' })
      expect(one.asked.last).toEqual({ messageId: 'GetInstalledCertificateIds', certificateType: [certificateType] })
      expect((await one.installed()).filter((item) => item['use'] === use)).toMatchObject([hash])
      answers({ status: 'Accepted' })
      expect(await one.order({ type: 'deleteCertificate', use, hash })).toMatchObject({ outcome: 'succeeded' })
      expect(one.asked.last).toEqual({ messageId: 'DeleteCertificate', certificateHashData: hash })
    },
  )

  it('TC_075_1_CSMS TC_075_2_CSMS roots that the security extension knows go by its own messages', async () => {
    for (const [use, certificateType] of [
      ['centralSystem', 'CentralSystemRootCertificate'],
      ['manufacturer', 'ManufacturerRootCertificate'],
    ]) {
      one.answers('InstallCertificate', { status: 'Accepted' })
      const certificate = all.ours.v2gRoot.pem
      expect(await one.order({ type: 'installCertificate', use, certificate })).toMatchObject({ outcome: 'succeeded' })
      expect(one.asked.last).toEqual({ certificateType, certificate })
    }
  })

  it('a certificate for vehicles is asked for, signed and delivered by DataTransfer', async () => {
    const csr = await request(named(`SN-${identity}`), ec())
    one.station.on('DataTransfer', ({ messageId, data }) => {
      const payload = JSON.parse(String(data)) as Params
      if (messageId === 'TriggerMessage') {
        expect(payload).toEqual({ requestedMessage: 'SignV2GCertificate' })
        setTimeout(() => void say('SignCertificate', { csr, certificateType: 'V2GCertificate' }), 20)
      } else one.asked.last = payload
      return { status: 'Accepted', data: JSON.stringify({ status: 'Accepted' }) }
    })
    expect(await one.order({ type: 'renewCertificate', use: 'v2g' })).toMatchObject({ outcome: 'succeeded' })
    const { certificateChain, certificateType } = one.asked.last ?? {}
    expect([certificateType, new X509Certificate(String(certificateChain)).subject.split('\n').at(-1)]).toEqual([
      'V2GCertificate',
      `CN=SN-${identity}`,
    ])
  })

  it('the request is also what an order to trigger it waits for', async () => {
    const csr = await request(named(`SN-${identity}`), ec())
    one.station.on('DataTransfer', ({ messageId }) => {
      if (messageId === 'TriggerMessage')
        setTimeout(() => void say('SignCertificate', { csr, certificateType: 'V2GCertificate' }), 20)
      else one.asked.last = { messageId }
      return { status: 'Accepted', data: JSON.stringify({ status: 'Accepted' }) }
    })
    expect(await one.order({ type: 'trigger', message: 'SignV2GCertificate' })).toMatchObject({ outcome: 'succeeded' })
    await until('the certificate', async () => one.asked.last)
  })

  it('a station that knows nothing of it says so, and one whose answer cannot be read has failed', async () => {
    const wanted = { type: 'installCertificate', use: 'mo', certificate: all.ours.moRoot.pem }
    answers({}, 'UnknownVendorId')
    expect(await one.order(wanted)).toMatchObject({
      outcome: 'unsupported',
      reason: 'the charge point does not speak Plug & Charge',
    })
    answers({}, 'Rejected')
    expect(await one.order(wanted)).toMatchObject({ outcome: 'rejected' })
    answers({ status: 'Perhaps' })
    expect(await one.order(wanted)).toMatchObject({
      outcome: 'failed',
      reason: 'its answer carries no message of OCPP 2.0.1',
    })
    expect(await one.order({ ...wanted, use: 'oem' })).toMatchObject({ outcome: 'unsupported' })
  })
})
