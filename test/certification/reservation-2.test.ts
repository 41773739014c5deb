import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/server.ts'
import { type Case2, idToken, type Setting2, setUp2 } from './setting-2.ts'

/** Reservations, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block H). */
describe('OCPP 2.0.1 reservation', () => {
  let setting: Setting2
  let it_: Case2
  let serial = 0
  const accepted = { status: 'Accepted' }
  const later = '2099-01-01T00:00:00.000Z'

  beforeAll(async () => {
    setting = await setUp2()
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case2> => (it_ = await setting.station(`RES-${++serial}`))
  afterEach(() => it_?.close().catch(() => {}))
  const reserve = async (one: Case2, more: object = {}) => {
    one.answers('ReserveNow', accepted)
    return one.order({ type: 'reserve', token: 'GOOD', expiresAt: later, ...more })
  }
  const shown = async (id: number): Promise<object> =>
    (await setting.test.api('GET', `/api/v1/reservations/${id}`)).body
  const untilOver = (id: number): Promise<object> =>
    until('the end', async () => {
      const reservation = await shown(id)
      return 'state' in reservation && reservation.state !== 'active' ? reservation : undefined
    })

  it('TC_H_01_CSMS an EVSE is kept for a card, and the transaction that names the reservation uses it', async () => {
    const one = await begin()
    const { number, outcome } = await reserve(one, { evse: 1 })
    expect([outcome, one.asked.get('ReserveNow')]).toEqual([
      'succeeded',
      { id: number, expiryDateTime: later, idToken: idToken('GOOD'), evseId: 1 },
    ])
    await one.status(1, 'Reserved')
    await one.comesToStand(1, 'reserved')
    await one.transaction(1).started('Authorized', { token: 'GOOD', more: { reservationId: number } })
    expect(await shown(number)).toMatchObject({ state: 'used', session: (await one.session()).id })
  })

  it('TC_H_07_CSMS one that nobody uses ends when the station says so', async () => {
    const one = await begin()
    const { number } = await reserve(one, { evse: 1 })
    await one.status(1, 'Reserved')
    expect(
      await one.say('ReservationStatusUpdate', { reservationId: number, reservationUpdateStatus: 'Expired' }),
    ).toEqual({})
    await one.status(1, 'Available')
    expect(await untilOver(number)).toMatchObject({ state: 'expired', session: null })
  })

  it('TC_H_08_CSMS any EVSE is kept: none is named, and the one that is used uses it', async () => {
    const one = await begin()
    const { number } = await reserve(one)
    expect(one.asked.get('ReserveNow')).toEqual({ id: number, expiryDateTime: later, idToken: idToken('GOOD') })
    await one.transaction(2).started('Authorized', { token: 'GOOD', more: { reservationId: number } })
    expect(await shown(number)).toMatchObject({ state: 'used' })
  })

  it('TC_H_14_CSMS any EVSE, as often as there are EVSEs: all of them are kept, and each for one', async () => {
    const one = await begin()
    const [first, second] = [await reserve(one), await reserve(one, { token: 'GROUPED' })]
    for (const evse of [1, 2]) await one.status(evse, 'Reserved')
    for (const evse of [1, 2]) await one.comesToStand(evse, 'reserved')
    await one.transaction(1).started('Authorized', { token: 'GROUPED', more: { reservationId: second.number } })
    expect([await shown(first.number), await shown(second.number)]).toMatchObject([
      { state: 'active' },
      { state: 'used' },
    ])
  })

  it('TC_H_15_CSMS any EVSE with a connector of a type', async () => {
    const one = await begin()
    const { outcome, number } = await reserve(one, { connectorType: 'cCCS2' })
    expect([outcome, one.asked.get('ReserveNow')]).toEqual([
      'succeeded',
      { id: number, expiryDateTime: later, idToken: idToken('GOOD'), connectorType: 'cCCS2' },
    ])
  })

  it('TC_H_17_CSMS one is let go of: it is named, and is active no more', async () => {
    const one = await begin()
    const { number } = await reserve(one, { evse: 1 })
    one.answers('CancelReservation', accepted, () => one.status(1, 'Available'))
    expect(await one.order({ type: 'cancelReservation', reservation: number })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked.get('CancelReservation')).toEqual({ reservationId: number })
    expect(await shown(number)).toMatchObject({ state: 'cancelled' })
  })

  it('TC_H_19_CSMS a group is kept for: another of its cards uses it', async () => {
    const one = await begin()
    const { number } = await reserve(one, { evse: 1, token: 'GROUPED', groupId: 'FLEET' })
    expect(one.asked.get('ReserveNow')).toMatchObject({ groupIdToken: { idToken: 'FLEET', type: 'Central' } })
    await one.transaction(1).started('Authorized', { token: 'SISTER', more: { reservationId: number } })
    expect(await shown(number)).toMatchObject({ state: 'used' })
  })

  it('TC_H_20_CSMS the station lets go of it, for it is faulted: it is cancelled, and the operator sees why', async () => {
    const one = await begin()
    const { number } = await reserve(one, { evse: 1 })
    await one.status(1, 'Faulted')
    await one.say('ReservationStatusUpdate', { reservationId: number, reservationUpdateStatus: 'Removed' })
    expect(await untilOver(number)).toMatchObject({ state: 'cancelled', session: null })
    await one.comesToStand(1, 'faulted')
  })

  it('TC_H_22_CSMS one that is rejected: the order says so, and there is none', async () => {
    const one = await begin()
    one.answers('ReserveNow', { status: 'Rejected' })
    const order = { type: 'reserve', evse: 1, token: 'GOOD', expiresAt: later }
    const { outcome, reason, number } = await one.order(order)
    expect([outcome, reason]).toEqual(['rejected', 'Rejected'])
    expect((await setting.test.api('GET', `/api/v1/reservations/${number}`)).status).toBe(404)
  })
})
