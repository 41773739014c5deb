import 'reflect-metadata'
import { createHash } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { plugIn, present } from '../../../bench/station/arrival.ts'
import { cardOf } from '../../../bench/station/tokens.ts'
import { authority } from '../../support/authority.ts'
import { eventually } from '../../support/simulated.ts'
import { type Stationed, stationed, stationsKeepToTheSchemas } from '../../support/stationed.ts'

stationsKeepToTheSchemas()

const image = new TextEncoder().encode('a firmware image')
const uploaded: string[] = []
let status = 200

const files = Bun.serve({
  port: 0,
  async fetch(request) {
    if (request.method === 'GET') return new Response(image, { status })
    uploaded.push(await request.text())
    return new Response(null, { status })
  },
})
afterAll(() => files.stop(true))
beforeEach(() => {
  uploaded.length = 0
  status = 200
})

const at = (path: string): string => new URL(path, files.url).href
const said = ({ server }: Stationed, action: string): readonly unknown[] =>
  server.of(action).map((one) => one['status'])
const says = (one: Stationed, action: string, word: string): Promise<void> =>
  eventually(one, () => said(one, action).at(-1) === word)

describe('firmware of a simulated station of 2.x', () => {
  const update = (one: Stationed, also: object = {}): Promise<unknown> => {
    const retrieveDateTime = new Date(one.clock.now()).toISOString()
    const firmware = { location: at('/station-2.1.0.bin'), retrieveDateTime, ...also }
    return one.server.order('UpdateFirmware', { requestId: 3, firmware })
  }

  it('L02: is fetched, installed behind a boot that says why, and each step is told under the id of the order', async () => {
    const one = await stationed()
    expect(await update(one)).toEqual({ status: 'Accepted' })
    await says(one, 'FirmwareStatusNotification', 'Installed')
    expect(said(one, 'FirmwareStatusNotification')).toEqual([
      'Downloading',
      'Downloaded',
      'Installing',
      'InstallRebooting',
      'Installed',
    ])
    expect(new Set(one.server.of('FirmwareStatusNotification').map(({ requestId }) => requestId))).toEqual(new Set([3]))
    expect(one.server.of('BootNotification').at(-1)).toMatchObject({
      reason: 'FirmwareUpdate',
      chargingStation: { firmwareVersion: '2.1.0' },
    })
  })

  it('L01: is not taken from somebody whom no root knows', async () => {
    const one = await stationed()
    expect(await update(one, { signingCertificate: 'none', signature: 'none' })).toEqual({
      status: 'InvalidCertificate',
    })
  })

  it('L01.FR.24: a newer order takes the place of the one before', async () => {
    const one = await stationed()
    const later = new Date(one.clock.now() + 60_000).toISOString()
    await update(one, { retrieveDateTime: later })
    expect(await update(one)).toEqual({ status: 'AcceptedCanceled' })
    await says(one, 'FirmwareStatusNotification', 'Installed')
  })

  it('L03 L04: is held ready for others where its checksum is right, and taken back', async () => {
    const one = await stationed()
    const checksum = createHash('md5').update(image).digest('hex')
    const publish = (sum: string): Promise<unknown> =>
      one.server.order('PublishFirmware', { location: at('/image.bin'), checksum: sum, requestId: 4 })
    await publish('0'.repeat(32))
    await says(one, 'PublishFirmwareStatusNotification', 'InvalidChecksum')
    await publish(checksum)
    await says(one, 'PublishFirmwareStatusNotification', 'Published')
    expect(one.server.of('PublishFirmwareStatusNotification').at(-1)).toMatchObject({
      requestId: 4,
      location: [expect.stringContaining(checksum)],
    })
    expect(await one.server.order('UnpublishFirmware', { checksum })).toEqual({ status: 'Unpublished' })
    expect(await one.server.order('UnpublishFirmware', { checksum })).toEqual({ status: 'NoFirmware' })
  })
})

describe('logs of a simulated station of 2.x', () => {
  const order = ({ server }: Stationed, requestId: number, also: object = {}): Promise<unknown> =>
    server.order('GetLog', { logType: 'SecurityLog', requestId, log: { remoteLocation: at('/logs') }, ...also })

  it('N01: are sent away, and the sending is told', async () => {
    const one = await stationed()
    expect(await order(one, 1)).toMatchObject({ status: 'Accepted' })
    await says(one, 'LogStatusNotification', 'Uploaded')
    expect(uploaded).toEqual([expect.stringContaining('StartupOfTheDevice')])
  })

  it('N01.FR.20: a newer order takes the place of the one before, which is told of', async () => {
    status = 500
    const one = await stationed()
    await order(one, 1, { retries: 5, retryInterval: 1_000 })
    await says(one, 'LogStatusNotification', 'Uploading')
    expect(await order(one, 2)).toMatchObject({ status: 'AcceptedCanceled' })
    await says(one, 'LogStatusNotification', 'UploadFailure')
    expect(one.server.of('LogStatusNotification')).toContainEqual({ status: 'AcceptedCanceled', requestId: 1 })
  })
})

describe('certificates of a simulated station of 2.x', () => {
  it('M03–M05: are installed, told of, and deleted', async () => {
    const { server, clock } = await stationed()
    const { root: pem } = await authority('CSMS', clock.now())
    const root = { certificateType: 'CSMSRootCertificate', certificate: pem }
    expect(await server.order('InstallCertificate', root)).toEqual({ status: 'Accepted' })
    const answer = await server.order('GetInstalledCertificateIds', { certificateType: ['CSMSRootCertificate'] })
    const {
      certificateHashDataChain: [chain],
    } = answer as { certificateHashDataChain: [{ certificateHashData: object }] }
    expect(await server.order('GetInstalledCertificateIds', { certificateType: ['MORootCertificate'] })).toEqual({
      status: 'NotFound',
    })
    const hash = { certificateHashData: chain.certificateHashData }
    expect(await server.order('DeleteCertificate', hash)).toEqual({ status: 'Accepted' })
    expect(await server.order('DeleteCertificate', hash)).toEqual({ status: 'NotFound' })
  })

  it.each(['ocpp2.0.1', 'ocpp2.1'] as const)(
    'A02 %s: asks for one of its own, and takes it where it is for its key',
    async (protocol) => {
      const one = await stationed({ protocol })
      const { server, clock } = one
      await server.order('TriggerMessage', { requestedMessage: 'SignChargingStationCertificate' })
      await eventually(one, () => server.of('SignCertificate').length > 0)
      const [{ csr, requestId, certificateType } = {}] = server.of('SignCertificate')
      expect([certificateType, requestId]).toEqual([
        'ChargingStationCertificate',
        protocol === 'ocpp2.1' ? 1 : undefined,
      ])
      const ca = await authority('CSMS', clock.now())
      const certificateChain = await ca.issue(String(csr))
      const give = (chain: string): Promise<unknown> =>
        server.order('CertificateSigned', { certificateChain: chain, certificateType })
      expect(await give(ca.root)).toEqual({ status: 'Rejected' })
      expect(await give(certificateChain)).toEqual({ status: 'Accepted' })
      await clock.pass(100)
      expect(server.of('SecurityEventNotification').at(-1)).toMatchObject({ type: 'InvalidChargingStationCertificate' })
    },
  )
})

describe('where a simulated station of 2.x connects to', () => {
  const profile = {
    ocppVersion: 'OCPP20',
    ocppTransport: 'JSON',
    ocppCsmsUrl: 'ws://elsewhere/ocpp',
    messageTimeout: 30,
    securityProfile: 1,
    ocppInterface: 'Wired0',
  }
  const priority = ({ server }: Stationed, attributeValue: string): Promise<unknown> =>
    server.order('SetVariables', {
      setVariableData: [
        { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'NetworkConfigurationPriority' }, attributeValue },
      ],
    })

  it('B09 B10: is where its first priority says, once it has started anew, and is told there with a boot', async () => {
    const one = await stationed()
    const { server, clock } = one
    expect(await priority(one, '2,0')).toMatchObject({ setVariableResult: [{ attributeStatus: 'Rejected' }] })
    await server.order('SetNetworkProfile', { configurationSlot: 2, connectionData: profile })
    expect(await priority(one, '2,0')).toMatchObject({ setVariableResult: [{ attributeStatus: 'RebootRequired' }] })
    await server.order('Reset', { type: 'Immediate' })
    await clock.pass(8_000)
    expect(server.dialled.map(({ url }) => url)).toEqual(['ws://fake/ocpp', 'ws://elsewhere/ocpp'])
    expect(server.of('BootNotification').length).toBe(2)
  })

  it('B10: is the next of its priorities where the first lets it not in', async () => {
    const one = await stationed()
    const { server, clock } = one
    await server.order('SetNetworkProfile', { configurationSlot: 1, connectionData: profile })
    await priority(one, '1,0')
    await server.order('Reset', { type: 'Immediate' })
    server.refusesWith = 503
    await clock.pass(10_000)
    server.refusesWith = undefined
    await clock.pass(10_000)
    expect(server.dialled.at(-1)?.url).toBe('ws://fake/ocpp')
    expect(server.of('BootNotification').length).toBe(2)
  })

  it.each([
    ['a slot that it does not have', 9, {}],
    ['SOAP', 1, { ocppTransport: 'SOAP' }],
    ['less security', 1, { securityProfile: 0 }],
    ['no address', 1, { ocppCsmsUrl: 'elsewhere' }],
  ])('B09: %s is no profile', async (_, configurationSlot, also) => {
    const { server } = await stationed()
    expect(
      await server.order('SetNetworkProfile', { configurationSlot, connectionData: { ...profile, ...also } }),
    ).toEqual({ status: 'Rejected' })
  })
})

describe('what a simulated station of 2.x knows of people', () => {
  const idToken = cardOf('CARD1')
  const list = (
    one: Stationed,
    versionNumber: number,
    updateType: string,
    entries: readonly object[],
  ): Promise<unknown> =>
    one.server.order('SendLocalList', {
      versionNumber,
      updateType,
      ...(entries.length > 0 && { localAuthorizationList: entries }),
    })

  it('D01 D02: the list of the server, as a whole and by what has changed', async () => {
    const one = await stationed()
    const entry = { idToken, idTokenInfo: { status: 'Accepted' } }
    expect(await list(one, 1, 'Full', [entry])).toEqual({ status: 'Accepted' })
    expect(await list(one, 2, 'Full', [{ idToken }])).toEqual({ status: 'Failed' })
    expect(await list(one, 1, 'Differential', [])).toEqual({ status: 'VersionMismatch' })
    expect(await one.server.order('GetLocalListVersion', {})).toEqual({ versionNumber: 1 })
    expect(await list(one, 2, 'Differential', [{ idToken }])).toEqual({ status: 'Accepted' })
    expect(one.station.tokens.find(idToken)).toBeUndefined()
  })

  it('D: a token of another type is another token', async () => {
    const one = await stationed()
    await list(one, 1, 'Full', [{ idToken, idTokenInfo: { status: 'Blocked' } }])
    expect(one.station.tokens.find({ ...idToken, type: 'Central' })).toBeUndefined()
    expect(one.station.tokens.find({ ...idToken, idToken: 'card1' })?.status).toBe('Blocked')
  })

  it('N09 N10: is told in pieces, and forgotten', async () => {
    const one = await stationed()
    const { station, server, evse, clock } = one
    plugIn(station, evse)
    present(station, evse, idToken)
    await clock.pass(1_000)
    const ask = (also: object): Promise<unknown> =>
      server.order('CustomerInformation', { requestId: 1, report: true, clear: false, ...also })
    expect(await ask({})).toEqual({ status: 'Invalid' })
    expect(await ask({ idToken, clear: true })).toEqual({ status: 'Accepted' })
    await clock.pass(100)
    expect(server.of('NotifyCustomerInformation')[0]).toMatchObject({
      seqNo: 0,
      tbc: false,
      data: expect.stringContaining('CARD1'),
    })
    expect(station.tokens.find(idToken)).toBeUndefined()
  })
})

describe('TriggerMessage at a simulated station of 2.x', () => {
  it.each([
    ['FirmwareStatusNotification', {}, 'FirmwareStatusNotification'],
    ['Heartbeat', {}, 'Heartbeat'],
    ['LogStatusNotification', {}, 'LogStatusNotification'],
    ['MeterValues', { evse: { id: 1 } }, 'MeterValues'],
    ['PublishFirmwareStatusNotification', {}, 'PublishFirmwareStatusNotification'],
    ['SignChargingStationCertificate', {}, 'SignCertificate'],
    ['SignV2GCertificate', {}, 'SignCertificate'],
    ['StatusNotification', { evse: { id: 1, connectorId: 1 } }, 'StatusNotification'],
    ['TransactionEvent', { evse: { id: 1 } }, 'TransactionEvent'],
  ])('F06 %s: the message comes behind the answer', async (requestedMessage, also, action) => {
    const one = await stationed()
    const { station, server, evse, clock } = one
    plugIn(station, evse)
    present(station, evse, cardOf('CARD1'))
    await clock.pass(1_000)
    server.heard.length = 0
    expect(await server.order('TriggerMessage', { requestedMessage, ...also })).toEqual({ status: 'Accepted' })
    await eventually(one, () => server.heard.includes(action))
    expect(server.heard.slice(0, 2)).toEqual(['an answer', action])
  })

  it.each([
    ['BootNotification', {}, 'Rejected'],
    ['StatusNotification', { evse: { id: 1 } }, 'Rejected'],
    ['TransactionEvent', {}, 'Rejected'],
    ['Heartbeat', { evse: { id: 9 } }, 'Rejected'],
    ['SignCombinedCertificate', {}, 'NotImplemented'],
  ])('F06 %s %o is %s', async (requestedMessage, also, word) => {
    const { server } = await stationed()
    expect(await server.order('TriggerMessage', { requestedMessage, ...also })).toEqual({ status: word })
  })
})
