import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { now } from './setting.ts'
import { type Case2, type Setting2, setUp2 } from './setting-2.ts'

/** Signed firmware updates, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block L). */
describe('OCPP 2.0.1 firmware', () => {
  let setting: Setting2
  let it_: Case2
  let serial = 0
  const accepted = { status: 'Accepted' }
  const signed = { signature: 'c2ln', signingCertificate: '-----BEGIN CERTIFICATE-----' }
  const order = { type: 'updateFirmware', location: 'https://example.com/f.bin', ...signed }
  const fetched = ['Downloading', 'Downloaded', 'SignatureVerified']

  beforeAll(async () => {
    setting = await setUp2()
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case2> => (it_ = await setting.station(`FW-${++serial}`))
  afterEach(() => it_?.close().catch(() => {}))
  const tells = async (one: Case2, requestId: unknown, statuses: readonly string[]): Promise<void> => {
    for (const status of statuses)
      expect(await one.say('FirmwareStatusNotification', { status, requestId })).toEqual({})
  }
  /** It installs, restarts for it, and says that it is done. */
  const installs = async (one: Case2, requestId: unknown): Promise<void> => {
    await tells(one, requestId, ['Installing', 'InstallRebooting'])
    expect(await one.boot('FirmwareUpdate')).toMatchObject(accepted)
    for (const evse of [1, 2]) await one.status(evse, 'Available')
    await tells(one, requestId, ['Installed'])
  }

  it('TC_L_01_CSMS an update goes out with its signature and the certificate of it, and ends when it is installed', async () => {
    const one = await begin()
    one.answers('UpdateFirmware', accepted, async ({ requestId }) => {
      await tells(one, requestId, fetched)
      await installs(one, requestId)
    })
    const command = await one.order(order)
    expect(command).toMatchObject({ state: 'done', outcome: 'succeeded' })
    expect(one.asked.get('UpdateFirmware')).toEqual({
      requestId: command.number,
      firmware: { location: order.location, retrieveDateTime: expect.stringMatching(/Z$/), ...signed },
    })
    expect(command.history.map(({ note }) => note)).toEqual(
      expect.arrayContaining(['downloading', 'signatureVerified', 'installing', 'installRebooting']),
    )
  })

  it.each([
    ['TC_L_02_CSMS installed later', 'installAt', 'installDateTime', [...fetched, 'InstallScheduled']],
    ['TC_L_03_CSMS fetched later', 'retrieveAt', 'retrieveDateTime', ['DownloadScheduled', ...fetched]],
  ])('%s: the time is given, and waiting for it is no end', async (_, asks, says, statuses) => {
    const one = await begin()
    const later = '2099-01-01T00:00:00.000Z'
    one.answers('UpdateFirmware', accepted, async ({ requestId }) => {
      await tells(one, requestId, statuses)
      await installs(one, requestId)
    })
    expect(await one.order({ ...order, [asks]: later })).toMatchObject({ state: 'done', outcome: 'succeeded' })
    expect(one.asked.get('UpdateFirmware')).toMatchObject({ firmware: { [says]: later } })
  })

  it.each([
    ['TC_L_04_CSMS', 'RevokedCertificate'],
    ['TC_L_05_CSMS', 'InvalidCertificate'],
  ])('%s answered %s: the order says why, and the event of it is an alarm', async (_, status) => {
    const one = await begin()
    one.answers('UpdateFirmware', { status }, () =>
      one.say('SecurityEventNotification', { type: 'InvalidFirmwareSigningCertificate', timestamp: now() }),
    )
    expect(await one.order(order)).toMatchObject({ state: 'done', outcome: 'rejected', reason: status })
    await one.close()
    const { body } = await setting.test.api('GET', `/api/v1/security-events?chargePoint=${one.identity}`)
    expect(body).toMatchObject({ items: [{ event: 'InvalidFirmwareSigningCertificate', critical: true }] })
  })

  it.each([
    ['TC_L_06_CSMS', 'invalidSignature', ['Downloading', 'Downloaded', 'InvalidSignature']],
    ['TC_L_07_CSMS', 'downloadFailed', ['Downloading', 'DownloadFailed']],
    ['TC_L_08_CSMS', 'installVerificationFailed', [...fetched, 'Installing', 'InstallVerificationFailed']],
    ['TC_L_09_CSMS', 'installationFailed', [...fetched, 'Installing', 'InstallationFailed']],
  ])('%s it ends with %s: the order has failed', async (_, reason, statuses) => {
    const one = await begin()
    one.answers('UpdateFirmware', accepted, ({ requestId }) => tells(one, requestId, statuses))
    expect(await one.order(order)).toMatchObject({ state: 'done', outcome: 'failed', reason })
  })

  it('TC_L_10_CSMS another takes its place: the first is over, and only the second is installed', async () => {
    const one = await begin()
    one.answers('UpdateFirmware', accepted, ({ requestId }) => tells(one, requestId, ['Downloading']))
    const first = await one.order(order, 1)
    expect(first).toMatchObject({ state: 'answered' })
    one.answers('UpdateFirmware', { status: 'AcceptedCanceled' }, async ({ requestId }) => {
      await tells(one, requestId, fetched)
      await installs(one, requestId)
    })
    expect(await one.order(order)).toMatchObject({ state: 'done', outcome: 'succeeded' })
    expect(await one.command(first.id)).toMatchObject({ state: 'done', outcome: 'failed' })
  })

  it('TC_L_11_CSMS another cannot take its place: it is rejected, and the first is installed', async () => {
    const one = await begin()
    one.answers('UpdateFirmware', accepted, ({ requestId }) => tells(one, requestId, ['Downloading']))
    const first = await one.order(order, 1)
    one.answers('UpdateFirmware', { status: 'Rejected' })
    expect(await one.order(order)).toMatchObject({ state: 'done', outcome: 'rejected' })
    await tells(one, first.number, ['Downloaded', 'SignatureVerified'])
    await installs(one, first.number)
    expect(await one.command(first.id)).toMatchObject({ state: 'done', outcome: 'succeeded' })
  })

  it('TC_L_13_CSMS it waits for a transaction to end: the EVSEs that are free go out of service, the session is accounted', async () => {
    const one = await begin()
    const transaction = one.transaction(1)
    await transaction.started('Authorized', { token: 'GOOD', state: 'Charging', wh: 1_000 })
    one.answers('UpdateFirmware', accepted, async ({ requestId }) => {
      await tells(one, requestId, ['DownloadScheduled'])
      await one.status(2, 'Unavailable')
      await transaction.ended('StopAuthorized', { token: 'GOOD', reason: 'Local', wh: 2_000 })
      await tells(one, requestId, fetched)
      await installs(one, requestId)
    })
    expect(await one.order(order)).toMatchObject({ state: 'done', outcome: 'succeeded' })
    expect(await one.session()).toMatchObject({ state: 'closed', energyWh: 1_000 })
    await one.comesToStand(2, 'available')
  })
})
