import { sign } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { plugIn } from '../../../bench/charger/arrival.ts'
import { end } from '../../../bench/charger/charging.ts'
import { eventually, inS, keepsToTheSchemas, type Simulated, simulated, statuses } from '../../support/simulated.ts'
import { authority } from '../../support/authority.ts'

keepsToTheSchemas()

interface Asked {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly headers: Headers
}

const image = new TextEncoder().encode('a firmware image')
const asked: Asked[] = []
let answer: (request: Asked) => Response | Promise<Response> = () => new Response(image)

const files = Bun.serve({
  port: 0,
  async fetch(request) {
    const { method, headers, url } = request
    const one = { method, headers, path: new URL(url).pathname, body: await request.text() }
    asked.push(one)
    return answer(one)
  },
})
afterAll(() => files.stop(true))
beforeEach(() => {
  asked.length = 0
  answer = () => new Response(image)
})

const at = (path: string): string => new URL(path, files.url).href
const said = ({ server }: Simulated, action: string): readonly unknown[] =>
  server.of(action).map(({ status }) => status)
const says = (station: Simulated, action: string, status: string): Promise<void> =>
  eventually(station, () => said(station, action).at(-1) === status)

describe('firmware of the simulated charge point', () => {
  const update = (station: Simulated, order: object = {}): Promise<unknown> =>
    station.server.order('UpdateFirmware', {
      location: at('/station-2.1.0.bin'),
      retrieveDate: inS(station, 0),
      ...order,
    })

  it('is fetched, installed, and in use after a boot', async () => {
    const station = await simulated()
    expect(await update(station)).toEqual({})
    await says(station, 'FirmwareStatusNotification', 'Installed')
    expect(said(station, 'FirmwareStatusNotification')).toEqual([
      'Downloading',
      'Downloaded',
      'Installing',
      'Installed',
    ])
    expect(asked).toMatchObject([{ method: 'GET', path: '/station-2.1.0.bin' }])
    expect(station.server.of('BootNotification').map((boot) => boot['firmwareVersion'])).toEqual(['1.0.0', '2.1.0'])
    expect(station.server.of('SecurityEventNotification')).toContainEqual(
      expect.objectContaining({ type: 'FirmwareUpdated', techInfo: '2.1.0' }),
    )
    expect(statuses(station)).toEqual(['Available', 'Unavailable', 'Available', 'Available'])
  })

  it('that cannot be fetched is tried again as often as was said, and then given up', async () => {
    answer = () => new Response('gone', { status: 404 })
    const station = await simulated()
    await update(station, { retries: 2, retryInterval: 1 })
    await says(station, 'FirmwareStatusNotification', 'DownloadFailed')
    expect(said(station, 'FirmwareStatusNotification')).toEqual([
      'Downloading',
      'Downloading',
      'Downloading',
      'DownloadFailed',
    ])
    expect(station.server.of('BootNotification').length).toBe(1)
  })

  it('that is empty is not installed, and the station goes on with what it has', async () => {
    answer = () => new Response('')
    const station = await simulated()
    await update(station)
    await says(station, 'FirmwareStatusNotification', 'InstallationFailed')
    await station.clock.pass(100)
    expect([station.charger.firmware.version, station.plug.status]).toEqual(['1.0.0', 'Available'])
  })

  it('waits for its time, and for the session that charges', async () => {
    const station = await simulated()
    const { charger, plug, clock } = station
    plugIn(charger, plug, 'CARD1')
    await update(station, { retrieveDate: inS(station, 3_600) })
    await clock.pass(3_500_000)
    expect(asked).toEqual([])
    await clock.pass(200_000)
    await says(station, 'FirmwareStatusNotification', 'Downloaded')
    await clock.pass(60_000)
    expect(said(station, 'FirmwareStatusNotification').at(-1)).toBe('Downloaded')
    end(charger, plug, 'Local')
    await says(station, 'FirmwareStatusNotification', 'Installed')
  })

  it('tells how far it is when it is asked, and that it is idle when there is nothing to tell', async () => {
    let go = (): void => {}
    answer = () => new Promise((give) => (go = () => give(new Response(image))))
    const station = await simulated()
    const { server } = station
    await server.order('TriggerMessage', { requestedMessage: 'FirmwareStatusNotification' })
    await update(station)
    await eventually(station, () => asked.length === 1)
    await server.order('TriggerMessage', { requestedMessage: 'FirmwareStatusNotification' })
    await station.clock.pass(100)
    expect(said(station, 'FirmwareStatusNotification')).toEqual(['Idle', 'Downloading', 'Downloading'])
    go()
    await says(station, 'FirmwareStatusNotification', 'Installed')
  })

  describe('that is signed', () => {
    const signed = async (
      station: Simulated,
      {
        isTrusted = true,
        isGenuine = true,
        requestId = 4,
        installS,
      }: { isTrusted?: boolean; isGenuine?: boolean; requestId?: number; installS?: number } = {},
    ): Promise<unknown> => {
      const maker = await authority('Manufacturer', station.clock.now())
      const { certificate, key } = await maker.issueFor('Firmware')
      if (isTrusted)
        await station.server.order('InstallCertificate', {
          certificateType: 'ManufacturerRootCertificate',
          certificate: maker.root,
        })
      return station.server.order('SignedUpdateFirmware', {
        requestId,
        firmware: {
          location: at('/station-3.0.0.bin'),
          retrieveDateTime: inS(station, 0),
          ...(installS !== undefined && { installDateTime: inS(station, installS) }),
          signingCertificate: certificate,
          signature: sign('sha256', isGenuine ? image : new Uint8Array(3), key).toString('base64'),
        },
      })
    }

    it('is checked, then installed, and each step is told under the id of the order', async () => {
      const station = await simulated()
      expect(await signed(station, { installS: 60 })).toEqual({ status: 'Accepted' })
      await says(station, 'SignedFirmwareStatusNotification', 'Installed')
      const steps = [
        'Downloading',
        'Downloaded',
        'SignatureVerified',
        'InstallScheduled',
        'Installing',
        'InstallRebooting',
        'Installed',
      ]
      expect(station.server.of('SignedFirmwareStatusNotification')).toEqual(
        steps.map((status) => ({ status, requestId: 4 })),
      )
      expect(station.server.of('BootNotification').at(-1)).toMatchObject({ firmwareVersion: '3.0.0' })
    })

    it('by somebody else is not installed', async () => {
      const station = await simulated()
      await signed(station, { isGenuine: false })
      await says(station, 'SignedFirmwareStatusNotification', 'InvalidSignature')
      await eventually(station, () => station.server.of('SecurityEventNotification').length > 1)
      expect(station.server.of('SecurityEventNotification').at(-1)).toMatchObject({ type: 'InvalidFirmwareSignature' })
      expect(station.charger.firmware.version).toBe('1.0.0')
    })

    it('under a certificate that no root of the manufacturer vouches for is not even fetched', async () => {
      const station = await simulated()
      expect(await signed(station, { isTrusted: false })).toEqual({ status: 'InvalidCertificate' })
      await station.clock.pass(1_000)
      expect(asked).toEqual([])
      expect(station.server.of('SecurityEventNotification').at(-1)).toMatchObject({
        type: 'InvalidFirmwareSigningCertificate',
      })
    })

    it('takes the place of the one before', async () => {
      const station = await simulated()
      answer = () => new Promise(() => {})
      await signed(station, { requestId: 1 })
      await eventually(station, () => asked.length === 1)
      answer = () => new Response(image)
      expect(await signed(station, { requestId: 2 })).toEqual({ status: 'AcceptedCanceled' })
      await says(station, 'SignedFirmwareStatusNotification', 'Installed')
      const ids = station.server.of('SignedFirmwareStatusNotification').map((one) => one['requestId'])
      expect(ids.filter((id) => id === 1).length).toBe(1)
    })
  })
})

describe('files that the simulated charge point sends', () => {
  const diagnostics = (station: Simulated, order: object = {}): Promise<unknown> =>
    station.server.order('GetDiagnostics', { location: at('/logs/'), ...order })
  const log = (station: Simulated, requestId: number, order: object = {}): Promise<unknown> =>
    station.server.order('GetLog', {
      logType: 'SecurityLog',
      requestId,
      log: { remoteLocation: at('/logs/') },
      ...order,
    })

  beforeEach(() => {
    answer = () => new Response(null, { status: 201 })
  })

  it('its diagnostics are put where they are wanted, and hold what it wrote down', async () => {
    const station = await simulated()
    expect(await diagnostics(station)).toMatchObject({ fileName: expect.any(String) })
    await says(station, 'DiagnosticsStatusNotification', 'Uploaded')
    expect(said(station, 'DiagnosticsStatusNotification')).toEqual(['Uploading', 'Uploaded'])
    expect(asked).toMatchObject([{ method: 'PUT', path: '/logs/', body: expect.stringContaining('connected') }])
  })

  it('are posted where putting is not done, with the credentials of the address', async () => {
    answer = ({ method }) => new Response(null, { status: method === 'PUT' ? 405 : 200 })
    const station = await simulated()
    await diagnostics(station, { location: at('/logs/').replace('http://', 'http://user:p%40ss@') })
    await says(station, 'DiagnosticsStatusNotification', 'Uploaded')
    expect(asked.map(({ method, headers }) => [method, headers.get('authorization')])).toEqual([
      ['PUT', `Basic ${btoa('user:p@ss')}`],
      ['POST', `Basic ${btoa('user:p@ss')}`],
    ])
  })

  it('are given up when nobody takes them', async () => {
    answer = () => new Response(null, { status: 500 })
    const station = await simulated()
    await diagnostics(station, { retries: 1, retryInterval: 1 })
    await says(station, 'DiagnosticsStatusNotification', 'UploadFailed')
    expect(asked.length).toBe(2)
  })

  it('there are none of a time of which there is nothing to tell', async () => {
    const station = await simulated()
    expect(await diagnostics(station, { startTime: inS(station, 60) })).toEqual({})
    expect(
      await log(station, 1, { log: { remoteLocation: at('/logs/'), latestTimestamp: inS(station, -600) } }),
    ).toEqual({ status: 'Rejected' })
  })

  it('its security log, under the id of the order', async () => {
    const station = await simulated()
    expect(await log(station, 7)).toMatchObject({ status: 'Accepted' })
    await says(station, 'LogStatusNotification', 'Uploaded')
    expect(station.server.of('LogStatusNotification')).toEqual([
      { status: 'Uploading', requestId: 7 },
      { status: 'Uploaded', requestId: 7 },
    ])
    expect(asked[0]?.body).toContain('StartupOfTheDevice 1.0.0')
  })

  it('a second log takes the place of the first', async () => {
    const station = await simulated()
    answer = () => new Promise(() => {})
    await log(station, 1)
    await eventually(station, () => asked.length === 1)
    answer = () => new Response(null, { status: 201 })
    expect(await log(station, 2)).toMatchObject({ status: 'AcceptedCanceled' })
    await says(station, 'LogStatusNotification', 'Uploaded')
    expect(station.server.of('LogStatusNotification')).toEqual([
      { status: 'Uploading', requestId: 1 },
      { status: 'Uploading', requestId: 2 },
      { status: 'Uploaded', requestId: 2 },
    ])
  })

  it.each([
    [403, 'PermissionDenied'],
    [400, 'BadMessage'],
    [500, 'UploadFailure'],
  ])('a log that is answered %i is told as %s', async (status, expected) => {
    answer = () => new Response(null, { status })
    const station = await simulated()
    await log(station, 1)
    await says(station, 'LogStatusNotification', expected)
  })

  it('a log for a place that is reached by other means is told as NotSupportedOperation', async () => {
    const station = await simulated()
    await log(station, 1, { log: { remoteLocation: 'ftp://files/' } })
    await says(station, 'LogStatusNotification', 'NotSupportedOperation')
  })
})
