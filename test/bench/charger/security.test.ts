import 'reflect-metadata'
import { createHash, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { X509Certificate as Parsed } from '@peculiar/x509'
import { eventually, keepsToTheSchemas, type Simulated, simulated } from '../../support/simulated.ts'
import { authority } from '../../support/authority.ts'

keepsToTheSchemas()

const accepted = { status: 'Accepted' }
const root = { certificateType: 'CentralSystemRootCertificate' }

const change = ({ server }: Simulated, key: string, value: string): Promise<unknown> =>
  server.order('ChangeConfiguration', { key, value })
const events = ({ server }: Simulated): readonly unknown[] =>
  server.of('SecurityEventNotification').map(({ type }) => type)

const requested = async (station: Simulated): Promise<string> => {
  await station.server.order('ExtendedTriggerMessage', { requestedMessage: 'SignChargePointCertificate' })
  await eventually(station, () => station.server.of('SignCertificate').length > 0)
  return String(station.server.of('SignCertificate').at(-1)?.['csr'])
}

describe('configuration of the simulated charge point', () => {
  it('is told as a whole, or key by key, and says which keys it does not have', async () => {
    const { server } = await simulated()
    const all = await server.order('GetConfiguration', {})
    const keys = (all as { configurationKey: { key: string; readonly: boolean; value?: string }[] }).configurationKey
    expect(keys.length).toBe(40)
    expect(keys.filter(({ readonly }) => readonly).map(({ key }) => key)).toContain('SupportedFeatureProfiles')
    expect(keys.find(({ key }) => key === 'AuthorizationKey')).toEqual({ key: 'AuthorizationKey', readonly: false })
    expect(await server.order('GetConfiguration', { key: ['heartbeatinterval', 'Warp'] })).toEqual({
      configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }],
      unknownKey: ['Warp'],
    })
    const many = Array.from({ length: 101 }, (_, i) => `Key${i}`)
    expect(await server.order('GetConfiguration', { key: many })).toBe('OccurenceConstraintViolation')
  })

  it('is changed where the key is there, may be changed, and takes the value', async () => {
    const station = await simulated()
    expect(await change(station, 'heartbeatInterval', '60')).toEqual(accepted)
    expect(await change(station, 'Warp', '9')).toEqual({ status: 'NotSupported' })
    expect(await change(station, 'NumberOfConnectors', '9')).toEqual({ status: 'Rejected' })
    for (const [key, value] of [
      ['HeartbeatInterval', '0'],
      ['HeartbeatInterval', 'soon'],
      ['LocalPreAuthorize', 'perhaps'],
      ['MeterValuesSampledData', 'Voltage,Colour'],
      ['AuthorizationKey', 'not hexadecimal'],
    ] as const)
      expect(await change(station, key, value)).toEqual({ status: 'Rejected' })
    await station.clock.pass(61_000)
    expect(station.server.of('Heartbeat').length).toBe(1)
  })

  it('some of it comes into force with the next boot only', async () => {
    const station = await simulated()
    const { charger, server, clock } = station
    expect(await change(station, 'WebSocketPingInterval', '30')).toEqual({ status: 'RebootRequired' })
    expect(charger.configuration.number('WebSocketPingInterval')).toBe(0)
    await server.order('Reset', { type: 'Hard' })
    await clock.pass(5_000)
    expect(charger.configuration.number('WebSocketPingInterval')).toBe(30)
  })

  it('readings are of what is configured', async () => {
    const station = await simulated()
    await change(station, 'MeterValuesSampledData', 'Energy.Active.Import.Register,Power.Offered')
    await station.server.order('TriggerMessage', { requestedMessage: 'MeterValues', connectorId: 1 })
    await station.clock.pass(100)
    const [reading = {}] = station.server.of('MeterValues')
    const [value] = reading['meterValue'] as { sampledValue: { measurand: string }[] }[]
    expect(value?.sampledValue.map(({ measurand }) => measurand)).toEqual([
      'Energy.Active.Import.Register',
      'Power.Offered',
    ])
  })
})

describe('security of the simulated charge point', () => {
  it('a new password is used from the next connection on, as the bytes that its digits stand for', async () => {
    const station = await simulated()
    const digits = 'ff00'.repeat(9)
    expect(await change(station, 'AuthorizationKey', digits)).toEqual(accepted)
    await station.clock.pass(2_000)
    expect(station.server.dialled.map(({ password }) => password)).toEqual([
      'a-password-of-the-station',
      Buffer.from(digits, 'hex'),
    ])
    expect(events(station)).toContain('ReconfigurationOfSecurityParameters')
  })

  it('a password that is refused is an event, told once it is let in', async () => {
    const station = await simulated()
    station.server.refusesWith = 401
    station.server.hangUp()
    await station.clock.pass(2_000)
    station.server.refusesWith = undefined
    await station.clock.pass(10_000)
    expect(events(station)).toContain('FailedToAuthenticationAtCentralSystem')
  })

  it('roots are installed, told by their hashes, and deleted by them', async () => {
    const station = await simulated()
    const { server, clock } = station
    const { root: certificate } = await authority('Root', clock.now())
    for (const certificateType of ['CentralSystemRootCertificate', 'ManufacturerRootCertificate'])
      expect(await server.order('InstallCertificate', { certificateType, certificate })).toEqual(accepted)
    const parsed = new Parsed(certificate)
    const sha256 = (bytes: ArrayBuffer | Uint8Array): string =>
      createHash('sha256').update(new Uint8Array(bytes)).digest('hex')
    const certificateHashData = {
      hashAlgorithm: 'SHA256',
      issuerNameHash: sha256(parsed.issuerName.toArrayBuffer()),
      // the key without the head that says what kind of key it is: 65 bytes of a point on the curve
      issuerKeyHash: sha256(new Uint8Array(parsed.publicKey.rawData).slice(-65)),
      serialNumber: 'a1b2',
    }
    expect(await server.order('GetInstalledCertificateIds', root)).toEqual({
      status: 'Accepted',
      certificateHashData: [certificateHashData],
    })
    expect(
      await server.order('DeleteCertificate', {
        certificateHashData: { ...certificateHashData, serialNumber: '00A1B2' },
      }),
    ).toEqual(accepted)
    expect(await server.order('DeleteCertificate', { certificateHashData })).toEqual({ status: 'NotFound' })
    expect(await server.order('GetInstalledCertificateIds', root)).toEqual({ status: 'NotFound' })
  })

  it('a root that is none, or that is out of date, is rejected; one beyond what there is room for fails', async () => {
    const { server, clock } = await simulated()
    const old = await authority('Old', clock.now() - 2 * 365 * 86_400_000)
    expect(await server.order('InstallCertificate', { ...root, certificate: old.root })).toEqual({ status: 'Rejected' })
    expect(await server.order('InstallCertificate', { ...root, certificate: '-----BEGIN CERTIFICATE-----' })).toEqual({
      status: 'Rejected',
    })
    const answers: unknown[] = []
    for (let i = 0; i < 11; i++) {
      const { root: certificate } = await authority(`Root ${i}`, clock.now())
      answers.push(await server.order('InstallCertificate', { ...root, certificate }))
    }
    expect(answers).toEqual([...Array.from({ length: 10 }, () => accepted), { status: 'Failed' }])
  })

  it('asks for a certificate, and takes only the one for its own key', async () => {
    const station = await simulated()
    const { server, clock } = station
    const csr = await requested(station)
    const issuer = await authority('Root', clock.now())
    const leaf = await issuer.issue(csr)
    expect(new X509Certificate(leaf).subject.split('\n').sort()).toEqual(['CN=CP-1', 'O=Stationmaster'])
    const foreign = (await issuer.issueFor('CP-1')).certificate
    const stranger = await authority('Stranger', clock.now())
    for (const certificateChain of [foreign, leaf + stranger.root, await issuer.issue(csr, -1_000)])
      expect(await server.order('CertificateSigned', { certificateChain })).toEqual({ status: 'Rejected' })
    await clock.pass(100)
    expect(events(station).filter((type) => type === 'InvalidChargePointCertificate').length).toBe(3)
    expect(await server.order('CertificateSigned', { certificateChain: leaf + issuer.root })).toEqual(accepted)
    expect(await server.order('CertificateSigned', { certificateChain: leaf + issuer.root })).toEqual({
      status: 'Rejected',
    })
  })

  it('goes to a higher profile only, and only with what it takes', async () => {
    const station = await simulated()
    const { server, clock } = station
    expect(await change(station, 'SecurityProfile', '2')).toEqual({ status: 'Rejected' })
    const issuer = await authority('Root', clock.now())
    await server.order('InstallCertificate', { ...root, certificate: issuer.root })
    expect(await change(station, 'SecurityProfile', '3')).toEqual({ status: 'Rejected' })
    expect(await change(station, 'SecurityProfile', '2')).toEqual(accepted)
    await clock.pass(2_000)
    expect(server.dialled.at(-1)).toMatchObject({
      url: 'wss://fake/ocpp',
      tls: { ca: [expect.stringContaining('BEGIN CERTIFICATE')] },
    })
    expect(await change(station, 'SecurityProfile', '1')).toEqual({ status: 'Rejected' })
    const certificateChain = await issuer.issue(await requested(station))
    await server.order('CertificateSigned', { certificateChain })
    expect(await change(station, 'SecurityProfile', '3')).toEqual(accepted)
    await clock.pass(2_000)
    expect(server.dialled.at(-1)).toMatchObject({
      tls: { cert: certificateChain, key: expect.stringContaining('PRIVATE KEY') },
    })
  })

  it('goes back to the profile it had when the new one leads nowhere', async () => {
    const station = await simulated()
    const { charger, server, clock } = station
    await server.order('InstallCertificate', { ...root, certificate: (await authority('Root', clock.now())).root })
    server.refusesWith = 403
    await change(station, 'SecurityProfile', '2')
    await clock.pass(20_000)
    server.refusesWith = undefined
    await clock.pass(60_000)
    expect(charger.configuration.text('SecurityProfile')).toBe('1')
    expect(server.dialled.at(-1)).toMatchObject({ url: 'ws://fake/ocpp' })
    expect(server.isConnected).toBe(true)
  })
})
