import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CourseEntry } from '../../core/domain/charging-course.ts'
import type { ConnectorReport } from '../../core/domain/connector.ts'
import type { Fact } from '../../core/domain/fact.ts'
import type { ChargingState } from '../../core/domain/session-event.ts'
import type { Session } from '../../core/domain/session.ts'
import type { CurrentState, StateReport } from '../../core/ports/current-state.ts'
import type { Ledger } from '../../core/ports/ledger.ts'
import { numbered, started, stopped } from '../support/facts.ts'

/** Where states of charging are kept, and a way to look at those of a session. */
export interface CourseUnderTest {
  readonly ledger: Ledger
  readonly currentState: CurrentState
  /** A charge point that has never been used, registered. */
  station(): string
  /** The newest session of a charge point, and its course. */
  session(identity: string): Promise<Session>
  course(session: Session): Promise<readonly CourseEntry[]>
}

const noon = Date.UTC(2026, 10, 24, 12)
const minute = 60_000

interface Told {
  readonly minutes: number
  readonly status: ConnectorReport['status']
  readonly evse?: number
  readonly epoch?: number
  /** Its own clock says so; absent = it tells no time. */
  readonly at?: number
}

const status = (identity: string, { minutes, status: is, evse = 1, epoch = 1, at }: Told): StateReport => ({
  tenant: 'default',
  identity,
  epoch,
  at: noon + minutes * minute,
  kind: 'status',
  report: { evse, connector: 1, status: is, errorCode: 'NoError', ...(at !== undefined && { at }) },
  before: 'unknown',
  irregular: false,
  unchanged: false,
})

const tells = (identity: string, seq: number, charging: ChargingState): Fact => numbered(identity, seq, { charging })

/** What every place for states of charging must do, whatever it is made of. */
export const courseContract = (make: () => CourseUnderTest): void => {
  const write = async (identity: string, ...told: readonly Told[]): Promise<void> => {
    for (const one of told) await make().currentState.write([status(identity, one)])
  }
  const courseOf = async (identity: string): Promise<readonly string[]> => {
    const entries = await make().course(await make().session(identity))
    return entries.map(({ at, state }) => `${(at - noon) / minute} ${state}`)
  }
  const charge = async (identity: string): Promise<void> => {
    await make().ledger.commit([started(identity)])
    await make().ledger.commit([stopped(identity, '1000001')])
  }

  it('1.6: it is what the connector says while the session is on it', async () => {
    const cp = make().station()
    await charge(cp)
    await write(
      cp,
      { minutes: -1, status: 'preparing' },
      { minutes: 0, status: 'charging' },
      { minutes: 20, status: 'suspendedByVehicle' },
      { minutes: 30, status: 'suspendedByStation' },
      { minutes: 40, status: 'charging' },
      { minutes: 50, status: 'finishing' },
      { minutes: 55, status: 'available' },
      { minutes: 70, status: 'charging' },
    )
    expect(await courseOf(cp)).toEqual([
      '0 charging',
      '20 suspendedByVehicle',
      '30 suspendedByStation',
      '40 charging',
      '50 connected',
    ])
  })

  it('1.6: it is the same whether the statuses are heard before the session or after it', async () => {
    const cp = make().station()
    await write(cp, { minutes: 1, status: 'charging' }, { minutes: 9, status: 'suspendedByVehicle' })
    await charge(cp)
    expect(await courseOf(cp)).toEqual(['1 charging', '9 suspendedByVehicle'])
  })

  it('1.6: a status that is told again is no change, and goes by the clock of the station', async () => {
    const cp = make().station()
    await charge(cp)
    await write(
      cp,
      { minutes: 5, status: 'charging', at: noon },
      { minutes: 6, status: 'charging', at: noon + minute },
      { minutes: 25, status: 'suspendedByVehicle', at: noon + 20 * minute },
      { minutes: 30, status: 'suspendedByVehicle' },
    )
    expect(await courseOf(cp)).toEqual(['0 charging', '20 suspendedByVehicle'])
  })

  it('1.6: neither another connector nor another session has a part in it', async () => {
    const cp = make().station()
    await charge(cp)
    await write(
      cp,
      { minutes: -10, status: 'suspendedByVehicle' },
      { minutes: 5, status: 'suspendedByVehicle', evse: 2 },
      { minutes: 10, status: 'suspendedByStation', evse: 0 },
    )
    expect(await courseOf(cp)).toEqual([])
  })

  it('D-5: what an older socket says has not happened', async () => {
    const cp = make().station()
    await charge(cp)
    await write(
      cp,
      { minutes: 1, status: 'charging', epoch: 5 },
      { minutes: 2, status: 'suspendedByVehicle', epoch: 4 },
      { minutes: 3, status: 'charging', epoch: 5 },
    )
    expect(await courseOf(cp)).toEqual(['1 charging'])
  })

  it('2.x: it is what the events of the session say, each change once', async () => {
    const cp = make().station()
    await make().ledger.commit([
      tells(cp, 0, 'connected'),
      tells(cp, 1, 'charging'),
      tells(cp, 2, 'charging'),
      tells(cp, 3, 'suspendedByVehicle'),
      numbered(cp, 4, { phase: 'ended', charging: 'idle' }),
    ])
    await write(cp, { minutes: 2, status: 'suspendedByVehicle' })
    expect(await courseOf(cp)).toEqual(['0 connected', '1 charging', '3 suspendedByVehicle', '4 idle'])
  })

  it('INV-23: what is told again is news where an event between the two comes late', async () => {
    const cp = make().station()
    await make().ledger.commit([tells(cp, 0, 'charging'), tells(cp, 2, 'charging')])
    await make().ledger.commit([tells(cp, 1, 'suspendedByVehicle')])
    expect(await courseOf(cp)).toEqual(['0 charging', '1 suspendedByVehicle', '2 charging'])
  })

  it('INV-20: any order and any repetition of the events of a session gives the same course', async () => {
    const told: readonly ChargingState[] = ['connected', 'charging', 'charging', 'suspendedByVehicle', 'charging']
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2, 3, 4, 0, 2, 3], { minLength: 8, maxLength: 8 }),
        fc.integer({ min: 0, max: 8 }),
        async (order, cut) => {
          const cp = make().station()
          const facts = order.map((seq) => tells(cp, seq, told[seq] ?? 'idle'))
          await make().ledger.commit(facts.slice(0, cut))
          await make().ledger.commit(facts.slice(cut))
          expect(await courseOf(cp)).toEqual(['0 connected', '1 charging', '3 suspendedByVehicle', '4 charging'])
        },
      ),
      { numRuns: 30 },
    )
  })
}
