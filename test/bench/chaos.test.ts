import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plugIn } from '../../bench/charger/arrival.ts'
import { brokenFrames } from '../../bench/charger/chaos/broken.ts'
import { type Chaos, defaultChaos } from '../../bench/charger/chaos/chaos.ts'
import { untidied } from '../../bench/charger/chaos/untidy.ts'
import { end } from '../../bench/charger/charging.ts'
import { defaultFleet, startFleet } from '../../bench/fleet.ts'
import { chance } from '../../bench/random.ts'
import { sleep } from '../../bench/sleep.ts'
import { judge } from '../../bench/verdict.ts'
import { plugIn as plugInOfTwo, present } from '../../bench/station/arrival.ts'
import { brokenFrames as brokenFramesOfTwo, untidied as untidiedOfTwo } from '../../bench/station/manners.ts'
import { cardOf } from '../../bench/station/tokens.ts'
import { errorCodes } from '../../core/ocpp/error.ts'
import { decodeFrame } from '../../core/ocpp/frame.ts'
import { route } from '../../core/ocpp/router.ts'
import type { Protocol2 } from '../../core/ocpp/version.ts'
import { orders } from '../support/orders.ts'
import { newer, stationed } from '../support/stationed.ts'
import { startServer, type TestServer, until } from '../support/server.ts'
import { type Simulated, simulated } from '../support/simulated.ts'

const now = Date.UTC(2026, 10, 24, 12)
const timestamp = '2026-11-24T11:58:03.120Z'
const said: Readonly<Record<string, object>> = {
  BootNotification: { chargePointVendor: 'V', chargePointModel: 'Simulator', chargePointSerialNumber: 'CP-1' },
  Authorize: { idTag: 'CARD1' },
  Heartbeat: {},
  StatusNotification: { connectorId: 1, errorCode: 'NoError', status: 'Charging', timestamp },
  StartTransaction: { connectorId: 1, idTag: 'CARD1', meterStart: 1_234, timestamp },
  MeterValues: { connectorId: 1, transactionId: 7, meterValue: [{ timestamp, sampledValue: [{ value: '1300' }] }] },
  StopTransaction: { transactionId: 7, meterStop: 2_345, timestamp, idTag: 'CARD1', reason: 'Local' },
}

/** What a server understands of a frame as far as it is about energy, time and whose it is; or the code it refuses it with. */
const meaning = (text: string): unknown => {
  const frame = decodeFrame(text)
  if (frame.kind === 'malformed') return errorCodes['ocpp1.6'][frame.fault]
  if (frame.kind !== 'call') return frame.kind
  const routed = route('ocpp1.6', frame.action, frame.payload, now)
  if (!routed.ok) return errorCodes['ocpp1.6'][routed.refusal.fault]
  const { type, at, meterMwh, transaction, token, readings } = routed.ask as unknown as Record<string, unknown>
  const registers = (readings as { at: number; registerMwh: number }[] | undefined)?.map((one) => [
    one.at,
    one.registerMwh,
  ])
  return { type, at, meterMwh, transaction, token, registers }
}

describe('an untidy frame', () => {
  it('means what the tidy one means', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(said)), fc.nat(), (action, seed) => {
        const tidy = JSON.stringify([2, 'id', action, said[action]])
        expect(meaning(untidied(tidy, chance(seed)))).toEqual(meaning(tidy))
      }),
    )
  })

  it('is not tidy', () => {
    const tidy = JSON.stringify([2, 'id', 'StopTransaction', said['StopTransaction']])
    expect([1, 2, 3, 4, 5].map((seed) => untidied(tidy, chance(seed))).filter((text) => text === tidy)).toEqual([])
  })
})

describe('a broken frame', () => {
  it.each(brokenFrames.map((broken) => [broken.name, broken] as const))(
    '%s: is refused as it is written that it should be',
    (_, broken) => {
      const understood = meaning(broken.frame('id'))
      const answer = typeof understood === 'string' ? understood : 'result'
      expect(broken.answers.length > 0 ? broken.answers : ['unreadable', 'FormationViolation']).toContain(answer)
    },
  )
})

const quiet: Chaos = {
  ...defaultChaos,
  drops: 0,
  doubles: 0,
  untidy: 0,
  usedIds: 0,
  lateAnswers: 0,
  jitters: 0,
  afterStop: 0,
  lostStarts: 0,
  whimS: 1e6,
}

const event = {
  eventType: 'Ended',
  timestamp,
  triggerReason: 'StopAuthorized',
  seqNo: 4,
  transactionInfo: { transactionId: 'T1', stoppedReason: 'Local' },
  meterValue: [{ timestamp, sampledValue: [{ value: 1_300, context: 'Transaction.End' }] }],
}
const saidOfTwo: Readonly<Record<string, object>> = {
  BootNotification: { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'Simulator' } },
  Authorize: { idToken: { idToken: 'CARD1', type: 'ISO14443' } },
  Heartbeat: {},
  StatusNotification: { timestamp, connectorStatus: 'Occupied', evseId: 1, connectorId: 1 },
  TransactionEvent: event,
}

/** The same of 2.x. */
const meaningOfTwo = (protocol: Protocol2, text: string): unknown => {
  const frame = decodeFrame(text, protocol)
  if (frame.kind === 'malformed') return errorCodes[protocol][frame.fault]
  if (frame.kind !== 'call') return frame.kind
  const routed = route(protocol, frame.action, frame.payload, now)
  if (!routed.ok) return errorCodes[protocol][routed.refusal.fault]
  const { type, at, transaction, seq, phase, token, readings } = routed.ask as unknown as Record<string, unknown>
  const registers = (readings as { at: number; registerMwh: number }[] | undefined)?.map((one) => [
    one.at,
    one.registerMwh,
  ])
  return { type, at, transaction, seq, phase, token, registers }
}

describe.each(newer)('of %s', (protocol) => {
  it('an untidy frame means what the tidy one means', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(saidOfTwo)), fc.nat(), (action, seed) => {
        const tidy = JSON.stringify([2, 'id', action, saidOfTwo[action]])
        const untidy = untidiedOfTwo(tidy, chance(seed))
        expect(untidy).not.toBe(tidy)
        expect(meaningOfTwo(protocol, untidy)).toEqual(meaningOfTwo(protocol, tidy))
      }),
    )
  })

  it.each(brokenFramesOfTwo.map((broken) => [broken.name, broken] as const))(
    'a broken frame, %s: is refused as it is written that it should be',
    (_, broken) => {
      const understood = meaningOfTwo(protocol, broken.frame('id'))
      const answer = typeof understood === 'string' ? understood : 'result'
      expect(broken.answers.length > 0 ? broken.answers : ['unreadable', 'RpcFrameworkError']).toContain(answer)
    },
  )

  it('a station in chaos says things twice, trembles, goes away, and delivers everything all the same', async () => {
    const chaos = { ...quiet, doubles: 0.5, drops: 0.2, jitters: 1, untidy: 0.5, longestAwayMs: 500 }
    const one = await stationed({ protocol, chaos, chance: chance(5), meterEveryS: 5 })
    plugInOfTwo(one.station, one.evse)
    present(one.station, one.evse, cardOf('CARD1'))
    await one.clock.pass(60_000)
    one.station.chaos?.calm()
    one.station.windDown()
    await one.clock.pass(120_000)
    expect(one.server.dialled.length).toBeGreaterThan(3)
    expect(one.server.of('TransactionEvent').length).toBeGreaterThan(one.station.transactions[0]?.seqNo ?? 0)
    expect(one.station.sessions).toMatchObject([{ startAnswered: true, stopAnswered: true, unheard: 0 }])
    expect(one.station.isSettled).toBe(true)
    one.station.stop()
  })
})

/** A session of 60 s on a station in chaos, and everything that was said about it. */
const charged = async (chaos: Partial<Chaos>, seed = 1): Promise<Simulated> => {
  const station = await simulated({ chaos: { ...quiet, ...chaos }, chance: chance(seed) })
  plugIn(station.charger, station.plug, 'CARD1')
  await station.clock.pass(60_000)
  end(station.charger, station.plug, 'Local')
  await station.clock.pass(60_000)
  return station
}

describe('a charge point in chaos', () => {
  it('says things twice, and finds it out when one start is answered two transactions', async () => {
    const { server, charger } = await charged({ doubles: 1 })
    expect(server.of('StartTransaction').length).toBe(2)
    expect(server.of('StopTransaction').length).toBe(2)
    expect(charger.books.problems).toEqual(['CP-1: one start was answered transaction 1, then 2'])
    charger.stop()
  })

  it('goes away in the middle of anything, and delivers everything all the same', async () => {
    const { server, charger } = await charged({ drops: 0.3, longestAwayMs: 500 }, 5)
    expect(server.dialled.length).toBeGreaterThan(5)
    expect(charger.sessions).toMatchObject([{ startAnswered: true, stopAnswered: true }])
    expect(charger.mailbox.waiting).toBe(0)
    charger.stop()
  })

  it('trembles in its readings, before and behind the stop, and never in the registers that count', async () => {
    const { server, charger, plug } = await charged({ jitters: 1, afterStop: 1 })
    const registers = server
      .of('MeterValues')
      .flatMap(({ meterValue }) =>
        (meterValue as { sampledValue: { value: string }[] }[]).map((value) => Number(value.sampledValue[0]?.value)),
      )
    const [stop] = server.of('StopTransaction')
    expect(stop?.['meterStop']).toBe(plug.meter.wattHours)
    expect(registers.at(-1)).not.toBe(plug.meter.wattHours)
    expect(Math.abs((registers.at(-1) ?? 0) - plug.meter.wattHours)).toBeLessThanOrEqual(90)
    charger.stop()
  })

  it('loses a start, and tells the stop under transaction -1', async () => {
    const { server, charger } = await charged({ lostStarts: 1 })
    expect(server.of('StartTransaction')).toEqual([])
    expect(server.of('StopTransaction')).toMatchObject([{ transactionId: -1 }])
    charger.stop()
  })

  it('answers late, and says several things before the first is answered', async () => {
    const { server, charger, clock } = await simulated({ chaos: { ...quiet, lateAnswers: 1, latestMs: 5_000 } })
    let answer: unknown
    void server.order('GetLocalListVersion', {}).then((given) => (answer = given))
    await clock.pass(10)
    expect(answer).toBeUndefined()
    await clock.pass(5_000)
    expect(answer).toEqual({ listVersion: 0 })
    server.answers['Heartbeat'] = () => undefined
    for (let i = 0; i < 6; i++) charger.registration.heartbeat()
    await clock.pass(10)
    expect(server.of('Heartbeat').length).toBe(defaultChaos.width)
    charger.stop()
  })

  it('is well behaved once it is told to be', async () => {
    const { server, charger, clock } = await simulated({ chaos: { ...defaultChaos, drops: 1, whimS: 1 } })
    charger.chaos?.calm()
    await clock.pass(60_000)
    const before = server.dialled.length
    await clock.pass(600_000)
    expect([server.dialled.length, charger.isAtWork]).toEqual([before, true])
    charger.stop()
  })
})

describe('the verdict', () => {
  const started = new Date(now + 100).toISOString()
  const session = { id: 's1', transaction: '1', state: 'closed', startedAt: started }
  const judged = async (sessions: readonly object[], cdrs: readonly object[], chaos: Partial<Chaos> = {}) => {
    const { charger } = await charged(chaos)
    charger.stop()
    const [first] = charger.sessions
    const energyWh = (first?.meterStop ?? 0) - (first?.meterStart ?? 0)
    const filled = (items: readonly object[]): Response =>
      Response.json({
        items: items.map((item) => ({
          energyWh,
          meterStopWh: first?.meterStop,
          endedAt: new Date(first?.stoppedAt ?? 0),
          ...item,
        })),
        next: null,
      })
    const books = Bun.serve({
      port: 0,
      fetch: (request) => filled(request.url.includes('/sessions') ? sessions : cdrs),
    })
    try {
      return await judge({ api: books.url.href, key: 'k' }, [charger], 0)
    } finally {
      await books.stop(true)
    }
  }
  const cdr = { session: 's1', state: 'issued' }

  it('is that all is well where each session has one CDR of exactly its energy', async () => {
    expect(await judged([session], [{ ...cdr, state: 'credited', energyWh: 1 }, cdr])).toMatchObject({
      sessions: 1,
      equal: 1,
      strays: 0,
      unanswered: 0,
      differences: [],
    })
  })

  it.each<[string, readonly object[], readonly object[], RegExp]>([
    ['a watt-hour too much', [session], [{ ...cdr, energyWh: 1 }], /the CDR says 1 Wh, the meter \d+ Wh$/],
    ['no CDR', [session], [], /there is no CDR$/],
    ['two CDRs', [session], [cdr, cdr], /there are two CDRs in force$/],
    ['no session', [], [], /there is no such session$/],
    [
      'another session under its transaction',
      [{ ...session, startedAt: '2026-01-01T00:00:00.000Z' }],
      [cdr],
      /there is no such session$/,
    ],
    ['its session twice', [session, session], [cdr], /there are two sessions of one transaction$/],
  ])('finds %s', async (_, sessions, cdrs, fault) => {
    expect(await judged(sessions, cdrs)).toMatchObject({ equal: 0, differences: [expect.stringMatching(fault)] })
  })

  it('of a session whose start was lost is that its stop has to be there', async () => {
    expect(await judged([{ ...session, state: 'orphan' }], [], { lostStarts: 1 })).toMatchObject({
      equal: 0,
      strays: 1,
      differences: [],
    })
    expect(await judged([], [], { lostStarts: 1 })).toMatchObject({
      strays: 0,
      differences: [expect.stringMatching(/its stop alone, at \d+ Wh, is not there$/)],
    })
  })
})

const fleetOf = (test: TestServer) => ({
  ...defaultFleet,
  url: `${test.url.replace('http', 'ws')}ocpp`,
  api: test.url,
  key: test.key,
})

describe('the server, and stations that are simulated', () => {
  let test: TestServer
  beforeAll(async () => {
    test = await startServer()
  })
  afterAll(() => test?.stop())

  it('takes the answer of one to each of the 26 orders', { timeout: 120_000 }, async () => {
    const fleet = await startFleet({
      ...fleetOf(test),
      chargers: 1,
      prefix: 'ORDERS',
      versions: ['ocpp1.6'],
      autonomous: false,
    })
    await until('it to be accepted', async () => fleet.chargers[0]?.isAtWork)
    const answered: string[] = []
    for (const [action, [payload]] of Object.entries(orders)) {
      if (action === 'Reset') continue
      const { status, body } = await test.api('POST', `/api/v1/charge-points/ORDERS-0001/ocpp/${action}`, payload)
      if (status === 200 && 'result' in (body as object)) answered.push(action)
    }
    fleet.stop()
    expect(answered.sort()).toEqual(Object.keys(orders).filter((action) => action !== 'Reset'))
  })

  it(
    'INV-04 INV-10 INV-16 INV-51: answers whatever is said on a socket that stays open, and accounts for every watt-hour',
    { timeout: 180_000 },
    async () => {
      const fleet = await startFleet({
        ...fleetOf(test),
        chargers: 8,
        seed: 3,
        sessionS: [2, 6],
        pauseS: [0, 1],
        backlog: 2,
        offline: 0.3,
        prefix: 'CHAOS',
        chaos: { ...defaultChaos, whimS: 1 },
      })
      await sleep(20_000)
      const verdict = await fleet.judge()
      fleet.stop()
      expect([...fleet.chargers.flatMap(({ books }) => books.problems), ...(fleet.operator?.problems ?? [])]).toEqual(
        [],
      )
      expect(verdict).toMatchObject({ unanswered: 0, differences: [] })
      expect(verdict.calls).toBeGreaterThan(300)
      expect(verdict.equal).toBeGreaterThan(20)
    },
  )
})
