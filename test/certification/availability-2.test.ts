import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Case2, type Setting2, setUp2 } from './setting-2.ts'

/** In and out of service, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block G). */
describe('OCPP 2.0.1 availability', () => {
  let setting: Setting2
  let it_: Case2
  let serial = 0

  beforeAll(async () => {
    setting = await setUp2()
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case2> => (it_ = await setting.station(`AVAIL-${++serial}`))
  afterEach(() => it_?.close().catch(() => {}))

  /** What is meant, how it is ordered, how it is asked for, and which EVSEs it is about. */
  const evse = ['an EVSE', { evse: 1 }, { evse: { id: 1 } }, [1]] as const
  const station = ['the station', {}, {}, [1, 2]] as const
  const connector = ['a connector', { evse: 1, connector: 1 }, { evse: { id: 1, connectorId: 1 } }, [1]] as const
  type Row = readonly [string, string, object, object, readonly number[]]

  it.each<Row>([
    ['TC_G_03_CSMS TC_G_04_CSMS', ...evse],
    ['TC_G_05_CSMS TC_G_06_CSMS', ...station],
    ['TC_G_07_CSMS TC_G_08_CSMS', ...connector],
  ])('%s %s is taken out of service and back: each order ends with the status that follows', async (...row) => {
    const [, , order, asked, evses] = row
    const one = await begin()
    const change = async (available: boolean, operationalStatus: string, status: string) => {
      one.answers('ChangeAvailability', { status: 'Accepted' }, async () => {
        for (const each of evses) await one.status(each, status)
      })
      expect(await one.order({ type: 'setAvailability', ...order, available })).toMatchObject({
        state: 'done',
        outcome: 'succeeded',
      })
      expect(one.asked.get('ChangeAvailability')).toEqual({ operationalStatus, ...asked })
      for (const each of evses) await one.comesToStand(each, status.toLowerCase())
    }
    await change(false, 'Inoperative', 'Unavailable')
    await change(true, 'Operative', 'Available')
  })

  it.each<Row>([
    ['TC_G_11_CSMS', ...evse],
    ['TC_G_14_CSMS', ...station],
    ['TC_G_17_CSMS', ...connector],
  ])('%s %s is taken out of service when its transaction ends, and not before', async (...row) => {
    const [, , order, asked] = row
    const one = await begin()
    const transaction = one.transaction(1)
    await transaction.started('Authorized', { token: 'GOOD', state: 'Charging', wh: 1_000 })
    one.answers('ChangeAvailability', { status: 'Scheduled' })
    const { id, state, history } = await one.order({ type: 'setAvailability', ...order, available: false }, 1)
    expect([state, history.at(-1)?.note]).toEqual(['answered', 'Scheduled'])
    expect(one.asked.get('ChangeAvailability')).toEqual({ operationalStatus: 'Inoperative', ...asked })
    await one.comesToStand(1, 'charging')
    expect(await one.session()).toMatchObject({ state: 'open' })
    await transaction.ended('StopAuthorized', { token: 'GOOD', reason: 'Local', wh: 2_000 })
    await one.status(1, 'Unavailable')
    await one.comesToStand(1, 'unavailable')
    expect(await one.command(id)).toMatchObject({ state: 'done', outcome: 'succeeded' })
    expect(await one.session()).toMatchObject({ state: 'closed', energyWh: 1_000 })
  })
})
