import type { Begun, Charge, Numbered, Told, Tongue, Voice } from './charge.ts'
import { strikes } from './world.ts'

const minute = 60_000

/** How a station writes a register of so many Wh; each has a way of its own. */
const units: readonly ((wh: number) => object)[] = [
  (wh) => ({ value: wh }),
  (wh) => ({ value: wh, measurand: 'Energy.Active.Import.Register', unitOfMeasure: { unit: 'Wh' } }),
  (wh) => ({ value: wh / 1_000, unitOfMeasure: { unit: 'kWh' } }),
  (wh) => ({ value: wh / 1_000, unitOfMeasure: { unit: 'Wh', multiplier: 3 } }),
]

type Field = 'evse' | 'idToken'

interface Saying extends Partial<Record<Field, object>> {
  readonly info?: object
  readonly isMetered?: boolean
  readonly meterValue?: readonly object[]
}

/** What its first event leaves out, to be told once and later: the cable came before the card, or the card before the cable. */
const lateFields: readonly (readonly Field[])[] = [[], [], ['idToken'], ['evse'], ['evse', 'idToken']]

/**
 * OCPP 2.0.1 and 2.1: events under the station's own numbers (part 2 E). What cannot be sent is kept and told as offline;
 * memory may run out of room for what is between; what was kept may come in any order.
 */
export const tongue2 = ({ identity, world, luck, charges, mailbox, clock, isOnline }: Voice): Tongue => {
  const writes = luck.pick(units)
  const tellsAllAtEnd = luck.isLucky(0.3)
  const goesOnCounting = luck.isLucky(0.3)
  const shuffles = luck.isLucky(0.3)
  const numbers = new WeakMap<Charge, number>()
  const untold = new WeakMap<Charge, Set<Field>>()
  let kept: Told[] = []
  let counted = 0
  let serial = 0

  const send = (event: Told): void =>
    mailbox().bill({
      action: 'TransactionEvent',
      payload: () => (event.state === 'waiting' ? event.payload : undefined),
      answered: () => {
        event.state = 'acknowledged'
        event.acknowledgedAt = world.time.now()
      },
      lost: () => (event.state = 'lost'),
    })

  const keep = (event: Told): void => {
    kept.push(event)
    const between = kept.filter((one) => one.isMetered)
    if (between.length === 0 || !strikes(world, 'fullMemories')) return
    const victim = luck.pick(between)
    victim.state = 'dropped'
    kept = kept.filter((one) => one !== victim)
  }

  const put = (event: Told): void => {
    if (!isOnline()) return keep(event)
    if (strikes(world, 'overtakings')) world.time.after(luck.between(0, 5 * minute), () => send(event))
    else send(event)
  }

  const elementOf = (at: string, register: number, context: string): object => ({
    timestamp: at,
    sampledValue: [{ context, ...writes(register) }],
  })

  const numberedOf = (charge: Charge): Numbered => charge.numbered ?? { transaction: '', events: [] }

  /** What may be told by now and was not. */
  const lateFor = (charge: Charge, isLast: boolean): Saying => {
    const missing = untold.get(charge) ?? new Set()
    const told: Partial<Record<Field, object>> = {}
    for (const field of missing)
      if (isLast || luck.isLucky(0.5)) {
        missing.delete(field)
        told[field] = fieldsOf(charge)[field]
      }
    return told
  }

  const fieldsOf = ({ connector, token }: Pick<Charge, 'connector' | 'token'>): Record<Field, object> => ({
    evse: { id: connector, connectorId: 1 },
    idToken: { idToken: token, type: token.startsWith('ORDER') ? 'Central' : 'ISO14443' },
  })

  const tell = (
    charge: Charge,
    phase: Told['phase'],
    triggerReason: string,
    { info = {}, isMetered = false, ...more }: Saying,
  ): void => {
    const { transaction, events } = numberedOf(charge)
    const seq = numbers.get(charge) ?? 0
    numbers.set(charge, seq + 1)
    if (goesOnCounting) counted = seq + 1
    const payload = {
      eventType: phase,
      timestamp: clock(),
      triggerReason,
      seqNo: seq,
      ...(!isOnline() && { offline: true }),
      transactionInfo: { transactionId: transaction, ...info },
      ...more,
    }
    const event: Told = { seq, phase, payload, isMetered, isTwin: false, state: 'waiting' }
    events.push(event)
    put(event)
  }

  /** The same number again, for something else. */
  const tellTwin = (charge: Charge): void => {
    const { events } = numberedOf(charge)
    const last = events.at(-1)
    if (last === undefined || !strikes(world, 'twins')) return
    const twin: Told = { ...last, payload: { ...last.payload, triggerReason: 'Trigger' }, isTwin: true }
    events.push({ ...twin, state: 'waiting' })
    put(events.at(-1) ?? twin)
  }

  const waits = ({ state }: Told): boolean => state === 'waiting'

  return {
    bootPayload: { reason: 'PowerUp', chargingStation: { vendorName: 'Sim', model: 'S2' } },

    statusPayload: (connector, status) => ({
      timestamp: clock(),
      connectorStatus: status === 'Charging' ? 'Occupied' : status,
      evseId: connector,
      connectorId: 1,
    }),

    begin({ connector, token, register, ordered }: Begun) {
      const charge: Charge = {
        connector,
        token,
        meterStart: register,
        startedAt: clock(),
        readings: [],
        numbered: { transaction: `${identity}-${++serial}-${Math.floor(world.time.now())}`, events: [] },
      }
      const late = new Set(luck.pick(lateFields))
      untold.set(charge, late)
      if (goesOnCounting) numbers.set(charge, counted)
      const told = Object.entries(fieldsOf(charge)).filter(([field]) => !late.has(field as Field))
      const reason = late.has('idToken') ? 'CablePluggedIn' : 'Authorized'
      tell(charge, 'Started', ordered === undefined ? reason : 'RemoteStart', {
        ...Object.fromEntries(told),
        info: {
          chargingState: late.has('idToken') ? 'EVConnected' : 'Charging',
          ...(ordered?.remoteStart !== undefined && { remoteStartId: ordered.remoteStart }),
        },
        meterValue: [elementOf(charge.startedAt, register, 'Transaction.Begin')],
      })
      return charge
    },

    meter(charge, register) {
      const late = lateFor(charge, false)
      const reading = { at: clock(), register, acknowledged: false }
      charge.readings.push(reading)
      const isLate = Object.keys(late).length > 0
      tell(charge, 'Updated', 'idToken' in late ? 'Authorized' : 'MeterValuePeriodic', {
        ...late,
        ...(isLate && { info: { chargingState: 'Charging' } }),
        meterValue: [elementOf(reading.at, register, 'Sample.Periodic')],
        isMetered: !isLate,
      })
      tellTwin(charge)
    },

    stop(charge, register) {
      const late = lateFor(charge, true)
      const at = clock()
      // its last word is no place for a token: that would be the one it was stopped with
      if (Object.keys(late).length > 0) tell(charge, 'Updated', 'Authorized', late)
      charge.stop = { at, meterStop: register, acknowledged: false, lost: false }
      const all = charge.readings.map((one) => elementOf(one.at, one.register, 'Sample.Periodic'))
      tell(charge, 'Ended', 'EVDeparted', {
        info: { stoppedReason: 'EVDisconnected' },
        meterValue: [...(tellsAllAtEnd ? all : []), elementOf(at, register, 'Transaction.End')],
      })
    },

    connected() {
      const isMixed = shuffles && kept.length > 1 && strikes(world, 'shuffles')
      const places = kept.map((event, i) => ({ event, at: isMixed ? luck.next() : i }))
      kept = []
      for (const { event } of places.sort((a, b) => a.at - b.at)) send(event)
    },

    isSettled: ({ stop, numbered }) => stop !== undefined && numbered?.events.some(waits) === false,

    answerTo(action, payload) {
      if (action !== 'GetTransactionStatus') return undefined
      const about = payload['transactionId']
      const those = charges.filter(({ numbered }) => about === undefined || numbered?.transaction === about)
      return {
        ...(about !== undefined && { ongoingIndicator: those.some(({ stop }) => stop === undefined) }),
        messagesInQueue: those.some(({ numbered }) => numbered?.events.some(waits)),
      }
    },
  }
}
