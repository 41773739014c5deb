import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leaseMs } from '../../core/domain/push-lane.ts'
import type { RoamingPartner } from '../../core/domain/roaming-partner.ts'
import type { HeldLane, PushLanes, Round, Settled } from '../../core/ports/push-lanes.ts'
import type { PublishedObject, PublishedStore } from '../../core/ports/roaming.ts'
import { aTariff, ourCode, type Published, toldPartner } from '../support/roaming-lanes.ts'

export interface LanePlace {
  readonly lanes: PushLanes
  readonly published: Pick<PublishedStore, 'since'>
  /** Also what it is from now on. */
  register(partner: RoamingPartner): Promise<void>
  publish(object: Published): Promise<void>
  /** The job that has a lane looked after, where there is one. */
  job(key: string): Promise<{ readonly id: number; readonly tenant: string; readonly key: string } | undefined>
  /** When a lane is looked at again. */
  deadline(key: string): Promise<number | undefined>
  close(): Promise<void>
}

const at = Date.UTC(2026, 10, 24, 12)

/** What all lanes do, wherever they are kept. */
export const laneContract = (name: string, open: () => Promise<LanePlace>) =>
  describe(`lanes to roaming partners ${name}`, () => {
    let place: LanePlace
    let serial = 0
    beforeAll(async () => {
      place = await open()
    })
    afterAll(() => place?.close())

    const publish = (id: string, more: Partial<Published> = {}) =>
      place.publish({
        module: 'tariffs',
        owner: ourCode,
        id,
        lastUpdated: at,
        body: aTariff(id, '0.40', '2026-11-24T12:00:00Z'),
        ...more,
      })
    /** A partner that has been told of nothing yet, and a tariff for it alone. */
    const fresh = async () => {
      const id = `emp-${serial++}`
      await place.register(toldPartner(id))
      const key = `${id}/tariffs`
      const tariff = `T-${id}`
      await publish(tariff, { partner: id })
      return { id, key, tariff }
    }
    const enter = async (key: string, holder: string, when = at): Promise<HeldLane | undefined> =>
      place.lanes.enter((await place.job(key)) ?? { id: 0, tenant: 'default', key }, holder, when)
    const held = async (key: string, holder = 'a', when = at): Promise<HeldLane> => {
      const lane = await enter(key, holder, when)
      if (lane === undefined) throw new Error(`${key} cannot be held`)
      return lane
    }
    const own = async (lane: HeldLane): Promise<readonly PublishedObject[]> =>
      (
        await place.published.since('default', 'tariffs', {
          partner: lane.partner,
          revision: lane.revision,
          limit: 1_000,
        })
      ).filter((one) => one.partner === lane.partner)
    const first = async (lane: HeldLane): Promise<PublishedObject> => {
      const [object] = await own(lane)
      if (object === undefined) throw new Error('nothing is there')
      return object
    }
    const all = async (lane: HeldLane, settled: readonly Settled[], more: Partial<Round> = {}): Promise<Round> => ({
      revision: (await own(lane)).at(-1)?.revision ?? lane.revision,
      settled,
      pace: { faults: 0 },
      ...more,
    })
    const shadow = { parts: { rest: 'abc' }, toldAt: at }

    it('INV-44: take a job over, and leave a deadline in its place', async () => {
      const { key } = await fresh()
      expect(await place.job(key)).toBeDefined()
      const lane = await held(key)
      expect([lane.revision, lane.to.id, await place.job(key)]).toEqual([0, lane.partner, undefined])
      expect(await place.deadline(key)).toBe(at + leaseMs)
    })

    it('are held by one at a time, and by another when he has not been heard of for long', async () => {
      const { key } = await fresh()
      const lane = await held(key, 'a')
      expect(await enter(key, 'b', at + leaseMs - 1)).toBeUndefined()
      expect(await place.deadline(key)).toBe(at + leaseMs)
      expect((await enter(key, 'b', at + leaseMs))?.holder).toBe('b')
      expect(await place.lanes.settle(lane, await all(lane, []), at)).toBeUndefined()
      expect((await enter(key, 'c', at + leaseMs + 1))?.holder).toBeUndefined()
    })

    it('are of nobody who is not there, is not registered, or is not told of that', async () => {
      const { id, key } = await fresh()
      const partner = toldPartner(id)
      expect(await enter('nobody/tariffs', 'a')).toBeUndefined()
      expect(await enter(`${id}/cdrs`, 'a')).toBeUndefined()
      await place.register({ ...partner, endpoints: partner.endpoints.filter(({ module }) => module !== 'tariffs') })
      expect(await enter(key, 'a')).toBeUndefined()
      await place.register({ ...partner, state: 'ended' })
      expect(await enter(key, 'a')).toBeUndefined()
      await place.register(partner)
      expect(await enter(key, 'a')).toBeDefined()
    })

    it('know what a partner was told, whatever the case of an id, and forget what is gone', async () => {
      const { key } = await fresh()
      const lane = await held(key)
      const object = await first(lane)
      expect(await place.lanes.known(lane, [object])).toEqual([{ attempts: 0 }])
      await place.lanes.settle(lane, await all(lane, [{ object, shadow }]), at)
      const other = { ...object, id: 'unknown' }
      expect(await place.lanes.known(lane, [other, { ...object, id: object.id.toLowerCase() }])).toEqual([
        { attempts: 0 },
        { attempts: 0, shadow: { ...shadow, isDoubtful: false } },
      ])
      await place.lanes.settle(lane, await all(lane, [{ object, shadow: 'gone' }]), at)
      expect(await place.lanes.known(lane, [object])).toEqual([{ attempts: 0 }])
    })

    it('doubt what somebody was telling who has died, and nothing else', async () => {
      const { id, key, tariff } = await fresh()
      await publish(`${tariff}-2`, { partner: id })
      const lane = await held(key)
      const [one, two] = await own(lane)
      if (one === undefined || two === undefined) throw new Error('two are there')
      const both = [
        { object: one, shadow },
        { object: two, shadow },
      ]
      const again = (await place.lanes.settle(lane, await all(lane, both), at)) as HeldLane
      await publish(tariff, { partner: id })
      const next = await held(key, 'b', at + leaseMs)
      expect(next.revision).toBe(again.revision)
      const known = await place.lanes.known(next, [one, two])
      expect(known.map((of) => of.shadow?.isDoubtful)).toEqual([true, false])
    })

    it('tell again what is due, as it is by then; what is refused for good only when it has changed', async () => {
      const { id, key, tariff } = await fresh()
      await publish(`${tariff}-2`, { partner: id })
      const lane = await held(key)
      const [one, two] = await own(lane)
      if (one === undefined || two === undefined) throw new Error('two are there')
      const settled = [
        { object: one, again: { attempts: 1, nextAt: at + 5_000, reason: 'it answered 500' } },
        { object: two, again: { attempts: 1, reason: 'it answered 2001' } },
      ]
      const on = (await place.lanes.settle(lane, await all(lane, settled), at)) as HeldLane
      expect(await place.lanes.due(on, at + 4_999, 10)).toEqual([])
      await publish(tariff, { partner: id, isRemoved: true })
      const due = await place.lanes.due(on, at + 5_000, 10)
      expect(due.map((object) => [object.id, object.isRemoved])).toEqual([[tariff, true]])
      expect((await place.lanes.known(on, [one, two])).map(({ attempts }) => attempts)).toEqual([1, 1])
      await place.lanes.settle(on, await all(on, [{ object: one }]), at + 5_000)
      expect((await place.lanes.known(on, [one])).map(({ attempts }) => attempts)).toEqual([0])
    })

    it('stay with their holder while there is something to tell, and are looked at again when there will be', async () => {
      const { key } = await fresh()
      const lane = await held(key)
      expect(await place.lanes.leave(lane, at, false)).toBe(false)
      const object = await first(lane)
      const later = { object, again: { attempts: 1, nextAt: at + 60_000, reason: 'busy' } }
      const on = (await place.lanes.settle(lane, await all(lane, [later]), at)) as HeldLane
      expect(await place.lanes.leave(on, at, false)).toBe(true)
      expect(await place.deadline(key)).toBe(at + 60_000)
      const next = await held(key, 'b', at + 60_000)
      const done = (await place.lanes.settle(next, await all(next, [{ object }]), at)) as HeldLane
      expect(await place.lanes.leave(done, at, false)).toBe(true)
      expect(await place.deadline(key)).toBeUndefined()
    })

    it('are followed at once where their holder stops, and when their pause is over where they are paused', async () => {
      const { key } = await fresh()
      const lane = await held(key)
      expect(await place.lanes.leave(lane, at, true)).toBe(true)
      expect(await place.deadline(key)).toBe(at)
      const next = await held(key, 'b')
      const paused = await all(next, [], { revision: 0, pace: { faults: 5, pausedUntil: at + 9_000 } })
      const on = (await place.lanes.settle(next, paused, at)) as HeldLane
      expect(on.pace).toEqual({ faults: 5, pausedUntil: at + 9_000 })
      expect(await place.lanes.leave(on, at, false)).toBe(true)
      expect(await place.deadline(key)).toBe(at + 9_000)
      expect(await enter(key, 'c', at + 8_999)).toBeUndefined()
      expect(await place.deadline(key)).toBe(at + 9_000)
      expect((await held(key, 'c', at + 9_000)).pace.faults).toBe(5)
    })

    it('are left by whoever is told no more, and begin anew where a partner has registered anew', async () => {
      const { id, key } = await fresh()
      const lane = await held(key)
      const object = await first(lane)
      await place.register({ ...toldPartner(id), registeredAt: 1 })
      const round = await all(lane, [{ object, shadow }])
      expect(await place.lanes.settle(lane, round, at)).toBeUndefined()
      expect(await place.deadline(key)).toBe(at)
      const next = await held(key, 'b')
      expect([next.revision, await place.lanes.known(next, [object])]).toEqual([0, [{ attempts: 0 }]])
    })

    it('have nothing more to look through where all is for others', async () => {
      const { key } = await fresh()
      const other = await fresh()
      const lane = await held(key)
      const on = (await place.lanes.settle(lane, await all(lane, []), at)) as HeldLane
      expect(await place.lanes.leave(on, at, false)).toBe(true)
      expect((await held(key, 'b')).revision).toBeGreaterThanOrEqual((await first(await held(other.key))).revision)
    })
  })
