import type {
  IdTokenType,
  MeterValueType,
  ReadingContextEnumType,
  ReasonEnumType,
  TransactionEventRequest,
  TriggerReasonEnumType,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { changesBetween, connectorLimit, type Situation, stationLimit } from '../charger/limits.ts'
import type { Scene } from '../charger/samples.ts'
import { powerAt } from '../power.ts'
import { costOf } from './cost.ts'
import { type Evse, follow } from './evse.ts'
import { isPathClosed, pointsAt } from './points.ts'
import { meterValues } from './samples.ts'
import type { Station } from './station.ts'
import { bill, eventOf, type Happening, newTransaction, type Transaction } from './transaction.ts'

/** Something becomes the case at an EVSE. */
export interface Turn {
  readonly trigger: TriggerReasonEnumType
  readonly change: () => void
  /** Why a transaction would end by it. */
  readonly reason?: ReasonEnumType
  /** Shown to end it. */
  readonly token?: IdTokenType
  readonly also?: Partial<TransactionEventRequest>
}

/**
 * What is the case changes, and a transaction begins, goes on or ends by it, wherever its points are set (2.0.1 part 2
 * §E): the first of the start points to come true begins it, the first of the stop points to cease ends it.
 */
export const alter = (station: Station, evse: Evse, turn: Turn): void => {
  const { trigger, change, reason, token, also } = turn
  const { model } = station
  draw(station, evse)
  const before = pointsAt(evse)
  change()
  if (!isPathClosed(evse)) {
    flow(station, evse, false)
    evse.isHeldBack = false
  }
  const after = pointsAt(evse)
  const { transaction } = evse
  if (transaction === undefined) {
    const isBegun = model.list('TxCtrlr/TxStartPoint').some((point) => after.has(point) && !before.has(point))
    if (isBegun) begin(station, evse, trigger)
  } else {
    transaction.reason ??= reason
    transaction.token ??= evse.access?.token
    const isOver = model.list('TxCtrlr/TxStopPoint').some((point) => before.has(point) && !after.has(point))
    if (isOver) finish(station, evse, { trigger, token, ...(also && { also }) })
    else say(station, evse, transaction, { type: 'Updated', trigger, token, ...(also && { also }) })
  }
  follow(station, evse)
  flowLater(station, evse)
}

/** Whatever its points: it ends now. */
export const end = (station: Station, evse: Evse, trigger: TriggerReasonEnumType, reason: ReasonEnumType): void => {
  const { transaction } = evse
  draw(station, evse)
  leave(evse)
  flow(station, evse, false)
  if (transaction !== undefined) {
    transaction.reason ??= reason
    finish(station, evse, { trigger })
  }
  follow(station, evse)
}

/** Nobody has access any more. */
export const leave = (evse: Evse): void => {
  evse.access = undefined
  evse.isRefused = false
}

const begin = (station: Station, evse: Evse, trigger: TriggerReasonEnumType): void => {
  const { time, reservations, tariffs } = station
  const transaction = newTransaction({
    evse: evse.id,
    transactionId: station.newId(),
    startedAt: time.now(),
    meterStart: evse.meter.wattHours,
  })
  transaction.token = evse.access?.token
  tariffs.begin(transaction)
  evse.transaction = transaction
  evse.isSated = false
  station.transactions.push(transaction)
  if (evse.access?.reservationId !== undefined) reservations.cancel(evse.access.reservationId)
  keepForEnd(station, evse, 'Transaction.Begin')
  const wanted = station.model.list('SampledDataCtrlr/TxStartedMeasurands')
  const meterValue = reading(station, evse, wanted, 'Transaction.Begin')
  say(station, evse, transaction, { type: 'Started', at: transaction.startedAt, trigger, meterValue })
  sampleLater(station, evse, transaction)
  station.transactionBegan(evse, transaction)
}

const finish = (station: Station, evse: Evse, happening: Omit<Happening, 'type'>): void => {
  const { transaction } = evse
  if (transaction === undefined) return
  evse.cancel?.()
  keepForEnd(station, evse, 'Transaction.End')
  transaction.meterStop = evse.meter.wattHours
  transaction.stoppedAt = station.time.now()
  if (transaction.token === undefined) transaction.isRefused = true
  const costDetails = costOf(station, transaction)
  say(station, evse, transaction, {
    type: 'Ended',
    at: transaction.stoppedAt,
    meterValue: transaction.endData,
    ...happening,
    also: { ...happening.also, ...(costDetails && { costDetails }) },
  })
  evse.transaction = undefined
  station.profiles.transactionOver(evse.id)
  station.displays.transactionOver(transaction.transactionId)
  if (evse.pending !== undefined) evse.available = evse.pending
  evse.pending = undefined
  station.transactionEnded(evse)
}

const say = (station: Station, evse: Evse, transaction: Transaction, happening: Happening): void =>
  bill(station, transaction, eventOf(station, evse, transaction, happening), {
    refused: () => evse.transaction === transaction && refuse(station, evse),
  })

/** The server will not have this token charge: it ends, or goes on without energy, as it is set up (E05). */
const refuse = (station: Station, evse: Evse): void => {
  if (evse.access === undefined || evse.isRefused) return
  const change = station.model.isOn('TxCtrlr/StopTxOnInvalidId') ? () => leave(evse) : () => (evse.isRefused = true)
  alter(station, evse, { trigger: 'Deauthorized', change, reason: 'DeAuthorized' })
}

const flow = ({ time }: Station, evse: Evse, isFlowing: boolean): void => {
  const { transaction } = evse
  if (evse.isFlowing === isFlowing) return
  evse.isFlowing = isFlowing
  if (isFlowing) evse.flowingSince = time.now()
  else if (transaction !== undefined)
    transaction.chargingMs += time.now() - Math.max(evse.flowingSince, transaction.startedAt)
}

const contactorMs = 50

/** Energy flows, or ceases to, a moment after it may or must not: a contactor takes its time. */
const flowLater = (station: Station, evse: Evse): void => {
  const { time } = station
  const isLimited = (): boolean => limitOf(station, evse, time.now()) <= 0
  const mayFlow = (): boolean => isPathClosed(evse) && !evse.isSated
  const isSettled = (): boolean =>
    !mayFlow() || (isLimited() ? !evse.isFlowing && evse.isHeldBack : evse.isFlowing && !evse.isHeldBack)
  if (isSettled()) return
  station.after(contactorMs, () => {
    if (isSettled()) return
    const change = (): void => {
      evse.isHeldBack = isLimited()
      flow(station, evse, !evse.isHeldBack)
    }
    alter(station, evse, { trigger: 'ChargingStateChanged', change })
  })
}

const situationOf = ({ options, time }: Station, { transaction }: Evse): Situation => ({
  outlet: options.outlet,
  began: transaction?.startedAt ?? time.now(),
})

/** What an EVSE may draw at a moment: its own limit, or its share of the station's, whichever is less. */
const limitOf = (station: Station, evse: Evse, at: number): number => {
  const installed = station.profiles.on(evse.id)
  const situation = situationOf(station, evse)
  const busy = station.evses.filter((one) => isPathClosed(one)).length
  const share = stationLimit(installed, situation, at) / Math.max(1, busy)
  return Math.min(connectorLimit(installed, situation, at), share)
}

/** Counts the energy up to now, under every limit that there was meanwhile; answers the power of this moment. */
const draw = (station: Station, evse: Evse): number => {
  const { meter, isFlowing, flowingSince } = evse
  const now = station.time.now()
  if (!isFlowing) {
    meter.rest(now)
    return 0
  }
  const situation = situationOf(station, evse)
  const changes = changesBetween(station.profiles.on(evse.id), situation, [meter.countedTo, now])
  let from = meter.countedTo
  let watts = 0
  for (const at of [...changes, now]) {
    watts = meter.charge(flowingSince, at, { speed: station.options.speed, limit: limitOf(station, evse, from) })
    from = at
  }
  return watts
}

/** What it draws just now, for whoever only looks. */
export const wattsOf = (station: Station, evse: Evse): number => {
  const { options, time } = station
  if (!evse.isFlowing) return 0
  const now = time.now()
  const watts = powerAt(options.outlet, (now - evse.flowingSince) / 1_000, evse.meter.soc)
  return Math.min(watts, Math.round(limitOf(station, evse, now)))
}

/** A profile has come or gone: what was drawn until now was drawn under the old ones. */
export const underNewLimits = (station: Station, change: () => void): void => {
  for (const evse of station.evses) draw(station, evse)
  change()
  // what it says about that comes behind the answer to the order
  station.after(0, () => station.evses.forEach((evse) => flowLater(station, evse)))
}

const sampleLater = (station: Station, evse: Evse, transaction: Transaction): void => {
  const { model } = station
  const everyS = model.isOn('SampledDataCtrlr/Enabled') ? model.number('SampledDataCtrlr/TxUpdatedInterval') : 0
  // none is wanted now; somebody may want them later
  const waitS = everyS > 0 ? everyS : 60
  evse.cancel = station.after(waitS * 1_000, () => {
    if (evse.transaction !== transaction) return
    if (everyS > 0) sampled(station, evse, transaction)
    if (model.number('SampledDataCtrlr/TxEndedInterval') > 0) keepForEnd(station, evse, 'Sample.Periodic')
    if (evse.meter.soc >= 1 && !evse.isSated) sate(station, evse)
    flowLater(station, evse)
    station.monitors.look()
    sampleLater(station, evse, transaction)
  })
}

const sampled = (station: Station, evse: Evse, transaction: Transaction): void => {
  const { model, options, isAtWork } = station
  const wanted = model.list('SampledDataCtrlr/TxUpdatedMeasurands')
  const meterValue = trembling(station, reading(station, evse, wanted, 'Sample.Periodic'))
  // it had a number, and nobody will ever hear of it
  if (!isAtWork && options.chance.isLucky(options.forgets ?? 0)) return void transaction.seqNo++
  say(station, evse, transaction, { type: 'Updated', trigger: 'MeterValuePeriodic', meterValue })
}

/** A reading as a trembling meter shows it; the registers of the beginning and of the end are never touched. */
const trembling = ({ chaos }: Station, values: readonly MeterValueType[]): readonly MeterValueType[] => {
  const off = chaos?.jitterWh() ?? 0
  if (off === 0) return values
  return values.map((value) => ({
    ...value,
    sampledValue: value.sampledValue.map((sample) =>
      sample.measurand === 'Energy.Active.Import.Register'
        ? { ...sample, value: Math.max(0, sample.value + off) }
        : sample,
    ),
  }))
}

/** The car is full. */
const sate = (station: Station, evse: Evse): void =>
  alter(station, evse, {
    trigger: 'ChargingStateChanged',
    change: () => {
      evse.isSated = true
      flow(station, evse, false)
    },
    reason: 'StoppedByEV',
  })

const sceneOf = (station: Station, evse: Evse): Scene => {
  const watts = draw(station, evse)
  const at = station.time.now()
  return { at, meter: evse.meter, outlet: station.options.outlet, watts, limit: limitOf(station, evse, at) }
}

/** What is to be seen at an EVSE just now, of what is wanted. */
export const reading = (
  station: Station,
  evse: Evse,
  wanted: readonly string[],
  context: ReadingContextEnumType,
): readonly MeterValueType[] => meterValues(sceneOf(station, evse), wanted, context)

/** An event that tells how things stand, and nothing new. */
export const report = (
  station: Station,
  evse: Evse,
  trigger: TriggerReasonEnumType,
  meterValue: readonly MeterValueType[],
): void => {
  if (evse.transaction !== undefined) say(station, evse, evse.transaction, { type: 'Updated', trigger, meterValue })
}

/** What the end is to bring along. */
export const keepForEnd = (station: Station, evse: Evse, context: ReadingContextEnumType): void => {
  const group = context === 'Sample.Clock' ? 'AlignedDataCtrlr' : 'SampledDataCtrlr'
  const wanted = station.model.list(`${group}/TxEndedMeasurands`)
  evse.transaction?.endData.push(...reading(station, evse, wanted, context))
}
