import { describe, expect, it } from 'vitest'
import { recordedPlugAndCharge } from '../../actors/replay/certificates.ts'
import type { RecordedEntry } from '../../core/domain/recording.ts'
import type { Token } from '../../core/domain/token.ts'
import { LedgerUnavailable } from '../../core/ports/ledger.ts'
import type { PlugAndCharge } from '../../core/ports/plug-and-charge.ts'
import { noPlugAndCharge } from '../support/no-plug-and-charge.ts'
import { testWorker } from '../support/worker.ts'

const vendorId = 'org.openchargealliance.iso15118pnc'
const emaid = 'DE83DUIEN83QGZD'
const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1f' }
const carried = (messageId: string, payload: object) => [
  2,
  messageId,
  'DataTransfer',
  { vendorId, messageId, data: JSON.stringify(payload) },
]
const authorize = carried('Authorize', {
  idToken: { idToken: emaid, type: 'eMAID' },
  iso15118CertificateHashData: [{ ...hash, responderURL: 'http://ocsp.example/' }],
})

/** What the message that was carried is answered. */
const answered = ([frame]: readonly unknown[]): unknown => {
  const [, , { data }] = frame as [number, string, { readonly data: string }]
  return JSON.parse(data) as unknown
}
const withPart = (part: Partial<PlugAndCharge>) =>
  testWorker({ outside: { plugAndCharge: { ...noPlugAndCharge, ...part } } })
const contract = (status: Token['status']): Token => ({ uid: 'DE-83D-UIEN83QGZ', issuer: '', type: 'EVCO', status })

describe('Plug & Charge', () => {
  it('finds a contract in the spelling it was registered in', async () => {
    const test = withPart({ check: { verdict: async () => 'Accepted' } })
    test.tokens.set('de-83d-uien83qgz', contract('Accepted'))
    expect(answered(await test.connect().asks(authorize))).toEqual({
      certificateStatus: 'Accepted',
      idTokenInfo: { status: 'Accepted' },
    })
  })

  it('asks about a certificate until it is told: our own outage is not the vehicle’s', async () => {
    let outages = 2
    const test = withPart({
      check: {
        async verdict() {
          if (outages-- > 0) throw new LedgerUnavailable('the store does not answer')
          return 'CertificateRevoked'
        },
      },
    })
    const station = test.connect()
    expect(await station.asks(authorize)).toEqual([])
    await test.clock.pass(1_100)
    expect(answered(station.said.slice(-1).map((text) => JSON.parse(text) as unknown))).toEqual({
      certificateStatus: 'CertificateRevoked',
      idTokenInfo: { status: 'Invalid' },
    })
  })

  it('no. 41: hands no answer on that is longer than the station takes, and keeps why', async () => {
    const exchange = async () => ({ accepted: true, exiResponse: 'A'.repeat(7_500) })
    const asks = carried('Get15118EVCertificate', { iso15118SchemaVersion: 'x', action: 'Install', exiRequest: 'gAI=' })
    const test = withPart({ contracts: { exchange } })
    expect(answered(await test.connect().asks(asks))).toEqual({ status: 'Failed', exiResponse: '' })
    const roomy = testWorker({
      outside: { plugAndCharge: { ...noPlugAndCharge, contracts: { exchange } } },
      settings: { mostExi: 7_500 },
    })
    expect(answered(await roomy.connect().asks(asks))).toMatchObject({ status: 'Accepted' })
  })

  it('what a charge point has called itself on its socket outlives a record that does not know it yet', async () => {
    const test = testWorker()
    const station = test.connect()
    const boot = { chargePointVendor: 'V', chargePointModel: 'M', chargePointSerialNumber: 'SN-1' }
    await station.asks([2, '1', 'BootNotification', boot])
    const { vendor: _v, model: _m, serial: _s, ...record } = station.link.record
    test.records.set('default/cp-1', { ...record, clockless: true })
    await test.worker.recordChanged({ tenant: 'default', identity: 'CP-1' })
    expect(station.link.record).toMatchObject({ vendor: 'V', model: 'M', serial: 'SN-1', clockless: true })
  })
})

describe('Plug & Charge that is played again', () => {
  const frame = (direction: 'in' | 'out', messageId: string, text: unknown): RecordedEntry => ({
    at: 0,
    kind: 'frame',
    direction,
    messageId,
    text: JSON.stringify(text),
  })
  const said = (payload: object, answer: object) =>
    recordedPlugAndCharge({
      identity: 'CP-1',
      protocol: 'ocpp2.0.1',
      entries: [frame('in', 'a', [2, 'a', 'X', payload]), frame('out', 'a', [3, 'a', answer])],
      stored: { id: 'x', state: 'closed' },
      until: 0,
      missing: [],
    })
  const hashes = [{ ...hash, hashAlgorithm: 'SHA256' as const, responderUrl: 'x' }]

  it('gives the verdicts of then, also those that a DataTransfer carried', async () => {
    const direct = said({ iso15118CertificateHashData: [hash] }, { certificateStatus: 'CertificateRevoked' })
    expect(await direct.check.verdict('default', { emaid, hashes })).toBe('CertificateRevoked')
    const inData = said(
      { data: JSON.stringify({ iso15118CertificateHashData: [hash] }) },
      { data: JSON.stringify({ certificateStatus: 'CertificateExpired' }) },
    )
    expect(await inData.check.verdict('default', { emaid, hashes })).toBe('CertificateExpired')
    const cancelled = said({ iso15118CertificateHashData: [hash] }, { certificateStatus: 'ContractCancelled' })
    expect(await cancelled.check.verdict('default', { emaid, hashes })).toBe('Accepted')
  })

  it('gives what the pool and the responders said then', async () => {
    const exchanged = said({ exiRequest: 'gAI=' }, { status: 'Accepted', exiResponse: 'gJgC' })
    const request = { action: 'Install', schemaVersion: 'x', exiRequest: 'gAI=' } as const
    expect(await exchanged.contracts.exchange(request)).toEqual({ accepted: true, exiResponse: 'gJgC' })
    const asked = { hash: { ...hash, hashAlgorithm: 'SHA256' as const }, source: 'ocsp' as const, urls: [] }
    const single = said({ ocspRequestData: hash }, { status: 'Accepted', ocspResult: 'MAA=' })
    expect(await single.status.ask(asked)).toEqual({ status: 'good', response: 'MAA=' })
    const nextUpdate = '2026-12-01T00:00:00Z'
    const several = said(
      { certificateStatusRequests: [{ certificateHashData: hash }] },
      { certificateStatus: [{ certificateHashData: hash, source: 'OCSP', status: 'Revoked', nextUpdate }] },
    )
    expect(await several.status.ask(asked)).toEqual({ status: 'revoked', nextUpdate: Date.parse(nextUpdate) })
  })
})
