import { describe, expect, it } from 'vitest'
import { energyOf } from '../../../bench/booked.ts'
import { driveOff, park, plugIn, present, unplug } from '../../../bench/station/arrival.ts'
import type { Station } from '../../../bench/station/station.ts'
import { cardOf } from '../../../bench/station/tokens.ts'
import { type Stationed, stationed, stationsKeepToTheSchemas, toldEvents } from '../../support/stationed.ts'

stationsKeepToTheSchemas()

const card = cardOf('CARD1')
const seqNos = ({ server }: Stationed): readonly unknown[] => server.of('TransactionEvent').map(({ seqNo }) => seqNo)

/** A car comes, charges for some seconds, and goes: the cable first, the card first where it is so wanted. */
const visit = async ({ station, clock, evse }: Stationed, isCardFirst = false): Promise<void> => {
  park(station, evse)
  await clock.pass(1_000)
  if (isCardFirst) present(station, evse, card)
  else plugIn(station, evse)
  await clock.pass(1_000)
  if (isCardFirst) plugIn(station, evse)
  else present(station, evse, card)
  await clock.pass(3_000)
  present(station, evse, card)
  await clock.pass(1_000)
  unplug(station, evse)
  await clock.pass(1_000)
  driveOff(station, evse)
  await clock.pass(1_000)
}

describe('a transaction of a simulated station', () => {
  it.each([
    [
      'ParkingBayOccupancy',
      'ParkingBayOccupancy',
      [
        'Started EVDetected Idle',
        'Updated CablePluggedIn EVConnected',
        'Updated Authorized',
        'Updated ChargingStateChanged Charging',
        'Updated StopAuthorized EVConnected',
        'Updated EVCommunicationLost Idle',
        'Ended EVDeparted',
      ],
    ],
    [
      'EVConnected',
      'EVConnected',
      [
        'Started CablePluggedIn EVConnected',
        'Updated Authorized',
        'Updated ChargingStateChanged Charging',
        'Updated StopAuthorized EVConnected',
        'Ended EVCommunicationLost Idle',
      ],
    ],
    [
      'Authorized',
      'Authorized',
      ['Started Authorized EVConnected', 'Updated ChargingStateChanged Charging', 'Ended StopAuthorized EVConnected'],
    ],
    [
      'PowerPathClosed',
      'PowerPathClosed',
      ['Started Authorized EVConnected', 'Updated ChargingStateChanged Charging', 'Ended StopAuthorized EVConnected'],
    ],
    ['EnergyTransfer', 'EnergyTransfer', ['Started ChargingStateChanged Charging', 'Ended StopAuthorized EVConnected']],
    [
      'DataSigned',
      'EVConnected,Authorized',
      ['Started ChargingStateChanged Charging', 'Ended StopAuthorized EVConnected'],
    ],
  ])('E01 from %s to %s is told as that', async (startPoint, stopPoint, told) => {
    const one = await stationed({ startPoint, stopPoint, meterEveryS: 60 })
    await visit(one)
    expect(toldEvents(one).map((words) => words.filter(Boolean).join(' '))).toEqual(told)
    expect(seqNos(one)).toEqual(told.map((_, i) => i))
  })

  it('E02 E03: the card first, the transaction begins with it, and is told its EVSE with the cable', async () => {
    const one = await stationed({ startPoint: 'Authorized', stopPoint: 'Authorized', meterEveryS: 60 })
    await visit(one, true)
    const [started, plugged] = one.server.of('TransactionEvent')
    expect(started).toMatchObject({ triggerReason: 'Authorized', transactionInfo: { chargingState: 'Idle' } })
    expect(started).not.toHaveProperty('evse')
    expect(plugged).toMatchObject({ triggerReason: 'CablePluggedIn', evse: { id: 1, connectorId: 1 } })
  })

  it('its EVSE and its token are said once, and the token again where it was shown to end it', async () => {
    const one = await stationed({ meterEveryS: 60 })
    await visit(one)
    const events = one.server.of('TransactionEvent')
    expect(events.map((event) => 'evse' in event)).toEqual([true, false, false])
    expect(events.map(({ idToken }) => idToken)).toEqual([card, undefined, card])
  })

  it('has exactly the energy between its first register and its last', async () => {
    const one = await stationed()
    await visit(one)
    const [session] = one.station.sessions
    const registerOf = (event: unknown, context: string): number | undefined =>
      (event as { meterValue: { sampledValue: { context: string; measurand: string; value: number }[] }[] }).meterValue
        .flatMap(({ sampledValue }) => sampledValue)
        .find((sample) => sample.context === context && sample.measurand === 'Energy.Active.Import.Register')?.value
    const events = one.server.of('TransactionEvent')
    const [begun, ended] = [registerOf(events[0], 'Transaction.Begin'), registerOf(events.at(-1), 'Transaction.End')]
    expect(session && energyOf(session)).toBe((ended ?? 0) - (begun ?? 0))
    expect(session && energyOf(session)).toBeGreaterThan(2)
    expect([session?.startAnswered, session?.stopAnswered]).toEqual([true, true])
  })

  it('tells readings while it lasts, as often as it is set up', async () => {
    const one = await stationed({ meterEveryS: 5 })
    plugIn(one.station, one.evse)
    present(one.station, one.evse, card)
    await one.clock.pass(16_000)
    expect(toldEvents(one).filter(([, trigger]) => trigger === 'MeterValuePeriodic').length).toBe(3)
  })

  it('E05: ends where the server will not have its token charge, or goes on without energy', async () => {
    for (const [stops, told] of [
      ['true', ['Ended', 'Deauthorized', undefined]],
      ['false', ['Updated', 'Deauthorized', 'SuspendedEVSE']],
    ] as const) {
      const one = await stationed({ meterEveryS: 60 }, (server) => {
        server.answers['TransactionEvent'] = ({ idToken }) => (idToken ? { idTokenInfo: { status: 'Blocked' } } : {})
      })
      one.station.model.set('TxCtrlr/StopTxOnInvalidId', stops)
      plugIn(one.station, one.evse)
      present(one.station, one.evse, card)
      await one.clock.pass(1_000)
      expect(toldEvents(one).at(-1)).toEqual(told)
      expect(one.station.sessions[0]?.isRefused).toBe(true)
    }
  })

  it('C01.FR.26: is let go where no cable follows in time', async () => {
    const one = await stationed({ startPoint: 'Authorized', stopPoint: 'Authorized' })
    present(one.station, one.evse, card)
    await one.clock.pass(61_000)
    const ended = one.server.of('TransactionEvent').at(-1)
    expect(ended).toMatchObject({
      eventType: 'Ended',
      triggerReason: 'EVConnectTimeout',
      transactionInfo: { stoppedReason: 'Timeout' },
    })
    expect(one.evse.status).toBe('Available')
  })

  it('E10: an unplugged car ends it, or is waited for, as it is set up', async () => {
    const one = await stationed({ stopPoint: 'Authorized', meterEveryS: 60 })
    one.station.model.set('TxCtrlr/StopTxOnEVSideDisconnect', 'false')
    plugIn(one.station, one.evse)
    present(one.station, one.evse, card)
    await one.clock.pass(1_000)
    unplug(one.station, one.evse)
    await one.clock.pass(1_000)
    expect(toldEvents(one).at(-1)).toEqual(['Updated', 'EVCommunicationLost', 'Idle'])
    plugIn(one.station, one.evse)
    await one.clock.pass(1_000)
    expect(toldEvents(one).at(-1)).toEqual(['Updated', 'ChargingStateChanged', 'Charging'])
  })

  it('a card of the same group ends it, another does not', async () => {
    const one = await stationed({ meterEveryS: 60 }, (server) => {
      server.answers['Authorize'] = ({ idToken }) => {
        const { idToken: value } = idToken as { readonly idToken: string }
        const groupIdToken = { idToken: value === 'OTHER' ? 'G2' : 'G1', type: 'Central' }
        return { idTokenInfo: { status: 'Accepted', groupIdToken } }
      }
      server.answers['TransactionEvent'] = () => ({})
    })
    plugIn(one.station, one.evse)
    present(one.station, one.evse, card)
    await one.clock.pass(1_000)
    present(one.station, one.evse, cardOf('OTHER'))
    await one.clock.pass(1_000)
    expect(one.evse.transaction).toBeDefined()
    present(one.station, one.evse, cardOf('CARD2'))
    await one.clock.pass(1_000)
    expect(one.server.of('TransactionEvent').at(-1)).toMatchObject({
      eventType: 'Ended',
      idToken: { idToken: 'CARD2' },
    })
  })

  it('the master ends it, and begins none (C16)', async () => {
    const one = await stationed({ meterEveryS: 60 }, (server) => {
      server.answers['Authorize'] = ({ idToken }) => {
        const { idToken: value } = idToken as { readonly idToken: string }
        const isMaster = value === 'MASTER' && { groupIdToken: { idToken: 'MASTERS', type: 'Central' } }
        return { idTokenInfo: { status: 'Accepted', ...isMaster } }
      }
    })
    one.station.model.set('AuthCtrlr/MasterPassGroupId', 'MASTERS')
    plugIn(one.station, one.evse)
    present(one.station, one.evse, cardOf('MASTER'))
    await one.clock.pass(1_000)
    expect(one.server.of('TransactionEvent')).toEqual([])
    present(one.station, one.evse, card)
    await one.clock.pass(1_000)
    present(one.station, one.evse, cardOf('MASTER'))
    await one.clock.pass(1_000)
    expect(one.server.of('TransactionEvent').at(-1)).toMatchObject({ transactionInfo: { stoppedReason: 'MasterPass' } })
  })
})

describe('a transaction while the network is away', () => {
  const awayFor = async (one: Stationed, ms: number): Promise<void> => {
    one.station.line.breakOff(ms)
    await one.clock.pass(ms - 1)
  }

  it('E04 E12: its events wait with their own times, say that they are of the past, and come in their order', async () => {
    const one = await stationed({ meterEveryS: 5 })
    plugIn(one.station, one.evse)
    present(one.station, one.evse, card)
    await one.clock.pass(1_000)
    const before = one.server.of('TransactionEvent').length
    await awayFor(one, 12_000)
    present(one.station, one.evse, card)
    await one.clock.pass(5_000)
    const late = one.server.of('TransactionEvent').slice(before)
    expect(late.map(({ eventType, offline }) => [eventType, offline])).toEqual([
      ['Updated', true],
      ['Updated', true],
      ['Ended', true],
    ])
    expect(seqNos(one)).toEqual([0, 1, 2, 3, 4])
    expect(one.station.isSettled).toBe(true)
  })

  it('E04.FR.08: has no room for readings, and their numbers stay missing', async () => {
    const one = await stationed({ meterEveryS: 5, forgets: 1 })
    plugIn(one.station, one.evse)
    present(one.station, one.evse, card)
    await one.clock.pass(1_000)
    await awayFor(one, 12_000)
    present(one.station, one.evse, card)
    await one.clock.pass(5_000)
    expect(seqNos(one)).toEqual([0, 1, 4])
  })

  it('E13: what is answered an error is said again in the same words, and given up after so many attempts', async () => {
    const one = await stationed({ retryMs: 1_000, attempts: 3, meterEveryS: 60 }, (server) => {
      server.answers['TransactionEvent'] = () => 'InternalError'
    })
    plugIn(one.station, one.evse)
    present(one.station, one.evse, card)
    await one.clock.pass(4_000)
    const [first, second, third, next] = one.server.of('TransactionEvent')
    expect([second, third]).toEqual([first, first])
    expect(next).toMatchObject({ seqNo: 1 })
    expect(one.station.books.problems.splice(0).length).toBeGreaterThan(0)
  })

  it('decides by itself who may charge: by the list, by its memory, or by whether strangers may', async () => {
    const attempt = async (prepare: (station: Station) => void): Promise<boolean> => {
      const { station, clock, evse } = await stationed()
      prepare(station)
      station.line.breakOff(60_000)
      plugIn(station, evse)
      present(station, evse, card)
      await clock.pass(100)
      return evse.transaction !== undefined
    }
    const noStrangers = (station: Station): void => station.model.set('AuthCtrlr/OfflineTxForUnknownIdEnabled', 'false')
    expect(await attempt(() => {})).toBe(true)
    expect(await attempt(noStrangers)).toBe(false)
    expect(
      await attempt((station) => {
        noStrangers(station)
        station.tokens.learn(card, { status: 'Accepted' })
      }),
    ).toBe(true)
    expect(await attempt((station) => station.tokens.learn(card, { status: 'Blocked' }))).toBe(false)
  })
})
