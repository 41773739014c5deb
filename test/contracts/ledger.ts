import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Fact } from '../../core/domain/fact.ts'
import type { Receipt } from '../../core/domain/changes.ts'
import { energyOf, type Session } from '../../core/domain/session.ts'
import type { Ledger } from '../../core/ports/ledger.ts'
import { bound, interval, reading, sampled, started, stopped } from '../support/facts.ts'

/** A ledger and a way to look at what it holds. Every charge point's first transaction id is 1000001. */
export interface LedgerUnderTest {
  readonly ledger: Ledger
  /** A charge point that has never been used, registered. */
  station(): string
  sessions(identity: string): Promise<readonly Session[]>
  samples(identity: string): Promise<number>
  /** The kinds of the facts that are filed. */
  facts(identity: string): Promise<readonly string[]>
  outbox(session: string): Promise<number>
  deadlines(session: string): Promise<readonly string[]>
  /** Every job in the outbox is done, whatever it is. */
  jobsDone(): Promise<void>
  /** What somebody should look at. */
  alarms(identity: string): Promise<readonly string[]>
}

const first = '1000001'

/** What every ledger must do, whatever it is made of. */
export const ledgerContract = (make: () => LedgerUnderTest): void => {
  const receipts = async (facts: readonly Fact[]): Promise<readonly Receipt[]> => {
    const verdicts = await make().ledger.commit(facts)
    return verdicts.map((verdict) => {
      if (!verdict.stored) throw new Error(verdict.reason)
      return verdict.receipt
    })
  }

  it('INV-10 INV-11: equal starts, in one batch or in two, are one session with one id', async () => {
    const cp = make().station()
    const [a, b] = await receipts([started(cp), started(cp)])
    const [c] = await receipts([started(cp)])
    expect([a?.repeated, b?.repeated, c?.repeated]).toEqual([false, true, true])
    expect([a, b, c].map((r) => r?.session?.transaction)).toEqual([first, first, first])
    expect((await make().sessions(cp)).length).toBe(1)
  })

  it('keeps a whole session: start, readings, stop, and one outbox row for its CDR', async () => {
    const cp = make().station()
    await receipts([started(cp)])
    await receipts([sampled(cp, first, reading(10, 2_000_000)), sampled(cp, first, reading(20, 3_000_000))])
    await receipts([stopped(cp, first), stopped(cp, first)])
    const [session] = await make().sessions(cp)
    expect(session).toMatchObject({
      state: 'closed',
      meterStartMwh: 1_000_000,
      meterStopMwh: 6_000_000,
      firstRegister: { mwh: 2_000_000 },
      lastRegister: { mwh: 3_000_000 },
    })
    expect(await make().samples(cp)).toBe(2)
    expect(await make().outbox(session?.id ?? '')).toBe(1)
  })

  it('start, readings and stop in one batch come to the same', async () => {
    const cp = make().station()
    await receipts([started(cp), sampled(cp, first, reading(10, 2_000_000)), stopped(cp, first)])
    expect(await make().sessions(cp)).toMatchObject([{ state: 'closed', lastRegister: { mwh: 2_000_000 } }])
  })

  it.each(['77', '-1', '9223372036854776000'])(
    'INV-16: a stop for %s, which is unknown, is an orphan, once',
    async (id) => {
      const cp = make().station()
      await receipts([stopped(cp, id)])
      const [again] = await receipts([stopped(cp, id)])
      expect(again?.repeated).toBe(true)
      expect(await make().sessions(cp)).toMatchObject([{ state: 'orphan', meterStopMwh: 6_000_000 }])
    },
  )

  it('INV-24: another start on the connector leaves a deadline for the open session, a refused token for its own', async () => {
    const cp = make().station()
    const [one] = await receipts([started(cp)])
    const [two] = await receipts([
      started(cp, { at: Date.UTC(2026, 10, 24, 13), authorization: { status: 'Invalid' } }),
    ])
    expect(await make().deadlines(one?.session?.id ?? '')).toEqual(['next session'])
    expect(await make().deadlines(two?.session?.id ?? '')).toEqual(['refused token'])
  })

  it('INV-04 INV-16: readings for a transaction that nobody knows are kept, each content once: the story of two under one empty key', async () => {
    const cp = make().station()
    const [one, other] = [sampled(cp, '-1', reading(10, 1)), sampled(cp, '-1', reading(20, 2))]
    const verdicts = await make().ledger.commit([one, other, { ...one, wire: '[2,"another id","MeterValues",{}]' }])
    expect(verdicts.map((verdict) => verdict.stored)).toEqual([true, true, true])
    expect(await make().facts(cp)).toEqual(['session.sampled', 'session.sampled'])
  })

  it('INV-13: of two different stops the first stays', async () => {
    const cp = make().station()
    await receipts([started(cp), stopped(cp, first)])
    const [late] = await receipts([stopped(cp, first, { meterMwh: 9_000_000 })])
    expect(late?.repeated).toBe(true)
    expect(await make().sessions(cp)).toMatchObject([{ meterStopMwh: 6_000_000 }])
  })

  it('INV-34 BI-41: a transaction id means nothing on another station', async () => {
    const [mine, other] = [make().station(), make().station()]
    await receipts([started(mine)])
    await receipts([stopped(other, first)])
    expect(await make().sessions(mine)).toMatchObject([{ state: 'open' }])
    await receipts([stopped(other, '999')])
    expect(await make().sessions(other)).toMatchObject([{ state: 'orphan' }, { state: 'orphan' }])
    expect([await make().alarms(mine), await make().alarms(other)]).toEqual([[], ['foreign transaction']])
  })

  it('ConcurrentTx: a start that was refused does not count: once the one session is over, the next may begin', async () => {
    const [one, other, third] = [make().station(), make().station(), make().station()]
    const with1 = { token: `ONCE-${one}`, mostSessions: 1 }
    const statuses = []
    for (const fact of [
      started(one, with1),
      started(other, with1),
      stopped(one, first),
      started(third, with1),
      started(one, { ...with1, at: Date.UTC(2026, 10, 24, 14) }),
    ]) {
      const [receipt] = await receipts([fact])
      if (fact.kind === 'session.started') statuses.push(receipt?.session?.authorization?.status)
    }
    expect(statuses).toEqual(['Accepted', 'ConcurrentTx', 'Accepted', 'ConcurrentTx'])
  })

  it('INV-12: of a station without a clock an equal start after its stop is another session, whatever is repeated', async () => {
    const cp = make().station()
    const start = started(cp, { at: 0, clockless: true })
    await receipts([start, stopped(cp, first)])
    const [again, twice] = await receipts([start, start])
    await receipts([stopped(cp, '1000002', { meterMwh: 2_000_000 }), start])
    const [late] = await receipts([start])
    expect([again, twice, late].map((r) => r?.session?.transaction)).toEqual(['1000002', '1000002', '1000003'])
    expect((await make().sessions(cp)).map((s) => s.state)).toEqual(['closed', 'closed', 'open'])
    expect((await make().facts(cp)).length).toBe(5)
  })

  it('INV-51: of a meter that fell the highest register is kept with the last', async () => {
    const cp = make().station()
    await receipts([started(cp), sampled(cp, first, reading(20, 3_000_000))])
    await receipts([sampled(cp, first, reading(30, 100_000))])
    expect(await make().sessions(cp)).toMatchObject([{ peakMwh: 3_000_000, lastRegister: { mwh: 100_000 } }])
    await receipts([sampled(cp, first, reading(40, 4_000_000))])
    expect((await make().sessions(cp))[0]?.peakMwh).toBeUndefined()
  })

  it('INV-52: of a station without registers the intervals are kept, each once, and what readings call start and end', async () => {
    const cp = make().station()
    await receipts([started(cp, { meterMwh: 0 }), sampled(cp, first, interval(10, 1_000_000))])
    await receipts([sampled(cp, first, interval(30, 3_000_000), interval(10, 1_000_000))])
    await receipts([sampled(cp, first, interval(20, 2_000_000)), sampled(cp, first, interval(30, 3_000_000))])
    const [open] = await make().sessions(cp)
    expect(open?.intervals?.map(({ mwh }) => mwh)).toEqual([1_000_000, 2_000_000, 3_000_000])
    expect(open && energyOf(open)).toMatchObject({ mwh: 6_000_000, summed: true })
    const readings = [bound('Begin', 0, 900_000_000), bound('End', 60, 907_000_000)]
    await receipts([stopped(cp, first, { meterMwh: 0, readings })])
    const [closed] = await make().sessions(cp)
    expect(closed).toMatchObject({ beginMwh: 900_000_000, endMwh: 907_000_000 })
    expect(closed && energyOf(closed)).toMatchObject({ mwh: 7_000_000, estimated: false })
  })

  it('INV-25: a reading after the end has the account looked at again, whether it changes anything or not', async () => {
    const cp = make().station()
    await receipts([started(cp), sampled(cp, first, reading(10, 2_000_000), reading(20, 4_000_000))])
    const [session] = await make().sessions(cp)
    await receipts([stopped(cp, first)])
    await make().jobsDone()
    expect(await make().outbox(session?.id ?? '')).toBe(0)
    await receipts([sampled(cp, first, reading(15, 3_000_000))])
    expect(await make().outbox(session?.id ?? '')).toBe(1)
  })

  it('INV-20: any order and any repetition of what follows a start gives the same session', async () => {
    const outcomes = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2, 3, 0, 2, 3], { minLength: 7, maxLength: 7 }),
        fc.integer({ min: 1, max: 7 }),
        async (order, cut) => {
          const cp = make().station()
          await receipts([started(cp)])
          const facts = [
            sampled(cp, first, reading(10, 2_000_000)),
            sampled(cp, first, reading(30, 4_000_000), reading(20, 3_000_000)),
            sampled(cp, first, reading(90, 7_000_000), interval(95, 1_000_000)),
            stopped(cp, first, { readings: [bound('End', 60, 6_000_000), interval(95, 2_000_000)] }),
          ]
          const heard = order.map((i) => facts[i] as Fact)
          await receipts(heard.slice(0, cut))
          await receipts(heard.slice(cut))
          const [session] = await make().sessions(cp)
          const ofItsOwn = ['id', 'identity', 'wireKey', 'version', 'startKey', 'stopKey']
          const rest = Object.entries(session ?? {}).filter(([field]) => !ofItsOwn.includes(field))
          outcomes.add(
            JSON.stringify([
              rest.toSorted(([a], [b]) => (a < b ? -1 : 1)),
              await make().samples(cp),
              await make().outbox(session?.id ?? ''),
            ]),
          )
        },
      ),
      { numRuns: 40, seed: 7 },
    )
    expect(outcomes.size).toBe(1)
  })
}
