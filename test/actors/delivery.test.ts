import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attempt } from '../../actors/delivery/attempt.ts'
import { decide } from '../../actors/delivery/decide.ts'
import type { DeliveryEvent } from '../../actors/delivery/machine.ts'
import {
  type AttemptOutcome,
  type Delivery,
  type Lane,
  laneAfter,
  leaseMs,
  mostAttempts,
  openLane,
  roomIn,
  waitAfter,
} from '../../core/domain/delivery.ts'
import { type Erp, type ErpGuard, erpGuards, ErpUnavailable } from '../../core/ports/erp.ts'
import { sampleDocument } from '../support/documents.ts'

const fresh: Delivery = {
  tenant: 'default',
  target: 'books',
  document: 'd',
  number: 1,
  state: 'queued',
  attempts: 0,
  forgiven: 0,
  isDoubtful: false,
  changedAt: 0,
}
const due = { type: 'due' } as const
const unclear = { type: 'unclear', reason: 'no answer in time' } as const
const unavailable = { type: 'unavailable', reason: 'nobody is there' } as const
const accepted = { type: 'accepted', reference: 'RE-1' } as const

/** What has become of a delivery after these events, one a second, and of the last whether it asks and alarms. */
const after = (guard: ErpGuard, ...events: readonly DeliveryEvent[]) => {
  let delivery = fresh
  let [asks, isAlarming] = [false, false]
  for (const [i, event] of events.entries()) {
    const change = decide(delivery, guard, event, { at: i * 1_000, spread: 0 })
    if (change === undefined) throw new Error(`${event.type} makes no sense while it is ${delivery.state}`)
    ;({ delivery, asks, isAlarming } = change)
  }
  return { state: delivery.state, asks, isAlarming, delivery }
}

describe('a delivery', () => {
  it('is sent, and whoever sends it has its time', () => {
    expect(after('key', due).delivery).toMatchObject({ state: 'sending', attempts: 1, nextAt: leaseMs })
    expect(after('key', due, accepted).delivery).toMatchObject({ state: 'accepted', reference: 'RE-1' })
    expect(after('key', due, accepted).delivery.nextAt).toBeUndefined()
  })

  it.each(['key', 'name'] as const)('INV-41: of a guard "%s" that is unclear is sent again as it is', (guard) => {
    expect(after(guard, due, unclear, due)).toMatchObject({ state: 'sending', asks: false, isAlarming: false })
  })

  it('INV-41: that is unclear is asked for where its receiver can say, and never sent blindly', () => {
    expect(after('lookup', due, unclear, due)).toMatchObject({ state: 'sending', asks: true })
    expect(after('lookup', due, unclear, due, unavailable, due)).toMatchObject({ asks: true })
    expect(after('lookup', due, unavailable, due)).toMatchObject({ asks: false })
    expect(after('lookup', due, unclear, { type: 'retry' }, due)).toMatchObject({ asks: true })
  })

  it('INV-41: that is unclear waits for a person where nothing keeps it from arriving twice', () => {
    expect(after('none', due, unclear)).toMatchObject({ state: 'unclear', isAlarming: true })
    expect(after('none', due, unclear, { type: 'arrived', reference: 'RE-7' }).delivery).toMatchObject({
      state: 'accepted',
      reference: 'RE-7',
      isDoubtful: false,
    })
    expect(after('none', due, unclear, { type: 'retry' }, due)).toMatchObject({ state: 'sending', asks: false })
    expect(after('none', due, unavailable).state).toBe('queued')
  })

  it('that was accepted is sent once more only where that is one document all the same', () => {
    const again = erpGuards.map((guard) => decide(after(guard, due, accepted).delivery, guard, { type: 'again' }, now))
    expect(again.map((change) => change?.delivery.state)).toEqual(['queued', 'queued', 'queued', undefined])
    expect(after('lookup', due, accepted, { type: 'again' }, due).asks).toBe(true)
  })

  it('is given up after as many attempts as there may be, over days, and is refused: nothing has arrived', () => {
    const { delivery, isAlarming } = wornOut('key', unavailable)
    expect(delivery).toMatchObject({
      state: 'refused',
      attempts: mostAttempts,
      reason: `given up after ${mostAttempts} attempts: nobody is there`,
    })
    expect(isAlarming).toBe(true)
    const day = 86_400_000
    expect(delivery.changedAt).toBeGreaterThan(3 * day)
    expect(delivery.changedAt).toBeLessThan(5 * day)
  })

  it('that is given up and may have arrived is unclear, not refused', () => {
    const { delivery } = wornOut('key', unavailable, unclear)
    expect([delivery.state, delivery.attempts]).toEqual(['unclear', mostAttempts])
  })

  it('that a person asks for again has all its attempts again, under numbers that go on', () => {
    const { delivery } = wornOut('key', unavailable)
    const again = decide(delivery, 'key', { type: 'retry' }, now)?.delivery as Delivery
    expect(again).toMatchObject({ state: 'queued', attempts: mostAttempts, forgiven: mostAttempts })
    const sent = decide(again, 'key', due, now)?.delivery as Delivery
    expect(decide(sent, 'key', unavailable, now)?.delivery).toMatchObject({
      state: 'queued',
      nextAt: waitAfter(1, undefined),
    })
  })

  it('waits as long as its receiver says, up to a day, and twice as long each time where it says nothing', () => {
    expect([1, 2, 3, 11, 12, 18].map((n) => waitAfter(n, undefined) / 1_000)).toEqual([
      30, 60, 120, 30_720, 43_200, 43_200,
    ])
    expect([0, 2_000, 1e12].map((ms) => waitAfter(3, ms))).toEqual([1_000, 2_000, 86_400_000])
  })

  it('keeps nothing of a reason that a database cannot take', () => {
    const reason = `no\u0000t \ud800${'x'.repeat(1_000)}`
    const { delivery } = after('key', due, { type: 'refused', reason })
    expect(delivery.reason).toBe(`not \ufffd${'x'.repeat(494)}`)
  })

  it('INV-41: property: whatever happens, it is never sent blindly after an attempt that may have arrived', () => {
    const events = fc.constantFrom<DeliveryEvent>(due, accepted, unavailable, unclear, { type: 'refused', reason: '' })
    fc.assert(
      fc.property(
        fc.constantFrom('lookup' as const, 'none' as const),
        fc.array(events, { maxLength: 60 }),
        (guard, all) => {
          let delivery = fresh
          let mayBeThere = false
          for (const event of all) {
            const change = decide(delivery, guard, event, now)
            if (change === undefined) continue
            if (event.type === 'due' && mayBeThere) expect([guard, change.asks]).toEqual(['lookup', true])
            if (event.type === 'unclear') mayBeThere = true
            ;({ delivery } = change)
          }
        },
      ),
    )
  })
})

const now = { at: 0, spread: 0 }

/** Sent until it is given up: the first attempts as told, all others like `rest`. */
const wornOut = (guard: ErpGuard, rest: AttemptOutcome, ...first: readonly AttemptOutcome[]) => {
  let delivery = fresh
  let at = 0
  for (let i = 0; ; i++) {
    const begun = decide(delivery, guard, due, { at, spread: 0 })
    const change = begun && decide(begun.delivery, guard, first[i] ?? rest, { at, spread: 0 })
    if (change === undefined) throw new Error('it makes no sense')
    delivery = change.delivery
    if (delivery.state !== 'queued') return change
    at = delivery.nextAt ?? at
  }
}

describe('an attempt', () => {
  const document = sampleDocument(1)
  const erp = (parts: Partial<Erp>): Erp => ({ guard: 'key', send: async () => ({ accepted: true }), ...parts })

  it('is what the receiver says, and unclear where something happens that nobody has foreseen', async () => {
    const outcomes = [
      erp({ send: async () => ({ accepted: true, reference: 'RE-1' }) }),
      erp({ send: async () => ({ accepted: false, reason: 'closed' }) }),
      erp({ send: () => Promise.reject(new ErpUnavailable('away', 5)) }),
      erp({ send: () => Promise.reject(new TypeError('undefined is not an object')) }),
    ].map((one) => attempt(one, document, { key: 'k', asks: false }))
    expect(await Promise.all(outcomes)).toEqual([
      { type: 'accepted', reference: 'RE-1' },
      { type: 'refused', reason: 'closed' },
      { type: 'unavailable', reason: 'away', retryAfterMs: 5 },
      { type: 'unclear', reason: 'undefined is not an object' },
    ])
  })

  it('that asks first sends nothing that is there, and nothing while it is not known', async () => {
    let sent = 0
    const send = async () => ({ accepted: true as const, reference: `RE-${++sent}` })
    const asked = (find: Erp['find']) =>
      attempt(erp({ send, ...(find && { find }) }), document, { key: 'k', asks: true })
    expect(await asked(async () => ({ reference: 'RE-0' }))).toEqual({
      type: 'accepted',
      reference: 'RE-0',
      found: true,
    })
    expect((await asked(() => Promise.reject(new ErpUnavailable('away')))).type).toBe('unavailable')
    expect(sent).toBe(0)
    expect(await asked(async () => undefined)).toEqual({ type: 'accepted', reference: 'RE-1' })
  })
})

describe('the lane of a target', () => {
  const faulty = (times: number, now = 0): Lane =>
    Array.from({ length: times }).reduce<Lane>((lane) => laneAfter(lane, unavailable, now), openLane)

  it('is closed for a while after five faults in a row, longer each time, and then lets one through', () => {
    expect([4, 5, 6, 20].map((times) => faulty(times).pausedUntil)).toEqual([undefined, 30_000, 60_000, 900_000])
    expect([roomIn(faulty(4), 4, 0), roomIn(faulty(5), 4, 29_999), roomIn(faulty(5), 4, 30_000)]).toEqual([4, 0, 1])
  })

  it('is open again with the first answer, even if that is a no', () => {
    expect(laneAfter(faulty(9), { type: 'refused', reason: '' }, 0)).toEqual(openLane)
    expect(laneAfter(faulty(9), accepted, 0)).toEqual(openLane)
  })

  it('is closed at once for as long as its receiver says', () => {
    expect(laneAfter(openLane, { ...unavailable, retryAfterMs: 7_000 }, 1_000)).toEqual({
      faults: 1,
      pausedUntil: 8_000,
    })
  })
})
