import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { now } from './setting.ts'
import { type Case2, type Setting2, setUp2, values } from './setting-2.ts'

/** What a vendor adds, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block P). */
describe('OCPP 2.0.1 vendors', () => {
  let setting: Setting2
  let one: Case2
  const customData = { vendorId: 'org.example', colour: 'green', depth: [{ of: 2 }] }

  beforeAll(async () => {
    setting = await setUp2()
    one = await setting.station('VENDOR-1')
  })
  afterAll(async () => {
    await one?.close()
    await setting?.stop()
  })

  it.each([
    ['a text', 'text'],
    ['an object', { any: ['thing'] }],
    ['nothing', undefined],
  ])(
    'TC_P_02_CSMS DataTransfer of a vendor that nobody knows, with %s: it is answered, not refused',
    async (_, data) => {
      const payload = { vendorId: 'org.example', messageId: 'hello', ...(data !== undefined && { data }) }
      expect(await one.say('DataTransfer', payload)).toEqual({ status: 'UnknownVendorId' })
    },
  )

  it('TC_P_03_CSMS custom data in whatever it says changes nothing: it is answered as without', async () => {
    const station = { vendorName: 'Vendor', model: 'Model', customData }
    expect(
      await one.say('BootNotification', { reason: 'PowerUp', chargingStation: station, customData }),
    ).toMatchObject({
      status: 'Accepted',
    })
    expect(await one.say('Heartbeat', { customData })).toEqual({ currentTime: expect.any(String) })
    const place = { evseId: 1, connectorId: 1 }
    expect(
      await one.say('StatusNotification', { ...place, timestamp: now(), connectorStatus: 'Occupied', customData }),
    ).toEqual({})
    const card = { idToken: 'GOOD', type: 'ISO14443', customData }
    expect(await one.say('Authorize', { idToken: card, customData })).toEqual({ idTokenInfo: { status: 'Accepted' } })
    const transaction = one.transaction(1)
    const [value] = values(1_000, 'Transaction.Begin', { customData })
    expect(
      await transaction.started('Authorized', {
        info: { customData },
        more: { idToken: card, customData, meterValue: [{ ...value, customData }] },
      }),
    ).toEqual({ idTokenInfo: { status: 'Accepted' } })
    expect(
      await transaction.ended('EVDeparted', { reason: 'EVDisconnected', wh: 2_000, more: { customData } }),
    ).toEqual({})
    expect(await one.session()).toMatchObject({ state: 'closed', token: 'GOOD', energyWh: 1_000 })
  })
})
