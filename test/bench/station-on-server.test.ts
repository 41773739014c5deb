import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plugIn, present } from '../../bench/station/arrival.ts'
import { fail, feel, mend } from '../../bench/station/faults.ts'
import { Station } from '../../bench/station/station.ts'
import { cardOf } from '../../bench/station/tokens.ts'
import { defaultFleet, type Fleet, startFleet } from '../../bench/fleet.ts'
import { sleep } from '../../bench/sleep.ts'
import type { Protocol2 } from '../../core/ocpp/version.ts'
import { ordersOf201, ordersOf21 } from '../support/orders-of-two.ts'
import { startServer, type TestServer, until } from '../support/server.ts'
import { newer } from '../support/stationed.ts'

let test: TestServer
beforeAll(async () => {
  test = await startServer()
})
afterAll(() => test?.stop())

/** One station of this version, that does nothing by itself. */
const alone = async (protocol: Protocol2): Promise<{ readonly fleet: Fleet; readonly station: Station }> => {
  const prefix = protocol.replace(/\W/g, '').toUpperCase()
  const url = `${test.url.replace('http', 'ws')}ocpp`
  const fleet = await startFleet({
    ...defaultFleet,
    ...{ url, api: test.url, key: test.key, chargers: 1, prefix, versions: [protocol], autonomous: false },
  })
  const [station] = fleet.chargers
  if (!(station instanceof Station)) throw new Error('a fleet without a station')
  await until('it to be accepted', async () => station.isAtWork)
  return { fleet, station }
}

const order = async ({ options }: Station, action: string, payload: object): Promise<object> => {
  const [card = ''] = options.tokens
  const text = JSON.stringify(payload).replaceAll('2026-11-24', '2099-11-24').replaceAll('CARD1', card)
  const { body } = await test.api('POST', `/api/v1/charge-points/${options.identity}/ocpp/${action}`, text)
  return body
}

/** Everything that a station says only when something has happened to it. */
const lived = async (station: Station): Promise<void> => {
  const [evse] = station.evses
  if (evse === undefined) return
  plugIn(station, evse)
  present(station, evse, cardOf(station.options.tokens[1] ?? ''))
  await sleep(500)
  feel(station, 90)
  feel(station, 20)
  fail(station, evse, 'E42')
  mend(station, evse)
  for (const requestedMessage of ['LogStatusNotification', 'MeterValues', 'SignChargingStationCertificate'])
    await order(station, 'TriggerMessage', { requestedMessage })
  const criteria = { GetMonitoringReport: {}, GetDisplayMessages: {}, GetChargingProfiles: { chargingProfile: {} } }
  for (const [action, of] of Object.entries(criteria)) await order(station, action, { requestId: 77, ...of })
}

/** What only a station of 2.1 says. */
const livedNewly = async (station: Station): Promise<void> => {
  const power = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Power' } }
  const stream = { ...power, type: 'Periodic', value: 1, severity: 5, periodicEventStream: { values: 1 } }
  await order(station, 'SetVariableMonitoring', { setMonitoringData: [stream] })
  const curve = { curveData: [{ x: 1, y: 1 }], priority: 1, yUnit: 'PctMaxW', duration: 1 }
  await order(station, 'SetDERControl', { isDefault: false, controlId: 'c1', controlType: 'FreqWatt', curve })
  await order(station, 'GetDERControl', { requestId: 78 })
  await sleep(2_500)
}

describe.each(newer)('the server and a simulated station of %s', (protocol) => {
  it(
    'understand each other: each order is answered, and whatever the station says is taken',
    { timeout: 120_000 },
    async () => {
      const { fleet, station } = await alone(protocol)
      const orders = { ...ordersOf201, ...(protocol === 'ocpp2.1' && ordersOf21) }
      const unanswered: string[] = []
      // these two would leave nothing to say
      for (const [action, [payload]] of Object.entries(orders))
        if (
          action !== 'Reset' &&
          action !== 'ChangeAvailability' &&
          !('result' in (await order(station, action, payload)))
        )
          unanswered.push(action)
      await lived(station)
      if (protocol === 'ocpp2.1') await livedNewly(station)
      expect(await order(station, 'Reset', { type: 'Immediate' })).toMatchObject({ result: { status: 'Accepted' } })
      await until('it to be back', async () => station.isUp && station.isAtWork && station.mailbox.waiting === 0)
      await sleep(500)
      fleet.stop()
      expect(unanswered).toEqual([])
      expect(station.books.problems).toEqual([])
      expect(station.diary.read().match(/was answered .*/g)).toBeNull()
    },
  )
})
