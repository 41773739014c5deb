import { driveOff, park, plugIn, present, unplug } from './arrival.ts'
import { type Evse, stateOf } from './evse.ts'
import type { Station } from './station.ts'
import { cardOf } from './tokens.ts'
import { bill, eventOf, newTransaction, type Transaction } from './transaction.ts'

const triesAgainMs = 5_000
const handsMs = 300
const lingersMs = 1_500

/** Another car comes after a while; where the EVSE is not free, or its card is refused, one more tries later. */
export const nextCar = (station: Station, evse: Evse): void => {
  const { chance, pauseS } = station.options
  evse.cancelCar?.()
  evse.cancelCar = station.after(chance.between(...pauseS) * 1_000, () => {
    if (stateOf(station, evse) === 'free' && station.isUp) arrive(station, evse)
    evse.cancelCar = station.after(triesAgainMs, () => {
      if (evse.transaction !== undefined) return
      leaveBay(station, evse)
      nextCar(station, evse)
    })
  })
}

/** Some show their card first, some plug the cable in first. */
const arrive = (station: Station, evse: Evse): void => {
  const { chance, tokens } = station.options
  const token = cardOf(chance.pick(tokens))
  const isCardFirst = chance.isLucky(0.5)
  park(station, evse)
  if (isCardFirst) present(station, evse, token)
  else plugIn(station, evse)
  station.after(handsMs, () => {
    if (!isCardFirst) present(station, evse, token)
    // whose card was refused goes again
    else if (evse.access !== undefined || evse.transaction !== undefined) plugIn(station, evse)
  })
}

const leaveBay = (station: Station, evse: Evse): void => {
  unplug(station, evse)
  driveOff(station, evse)
}

/** How long a car stays, and whether the network is away for a part of it. */
export const stay = (station: Station, evse: Evse, transaction: Transaction): void => {
  const { chance, sessionS, offline } = station.options
  const lasts = chance.between(...sessionS) * 1_000
  station.after(lasts, () => {
    if (evse.transaction !== transaction) return
    const token = evse.access?.token
    if (token === undefined || chance.isLucky(0.3)) return leaveBay(station, evse)
    present(station, evse, token)
    // where its points have it go on, it goes on until the car is gone
    station.after(lingersMs, () => evse.transaction === transaction && leaveBay(station, evse))
  })
  if (chance.isLucky(offline)) station.after(lasts * 0.4, () => station.line.breakOff(lasts * 0.3))
}

/** The transaction is over: the car stands there for a moment yet, and makes room. */
export const clearBay = (station: Station, evse: Evse): void =>
  void station.after(lingersMs, () => {
    if (evse.transaction !== undefined) return
    leaveBay(station, evse)
    nextCar(station, evse)
  })

/** A transaction from before: its events wait in the queue with their true times, and say that they are of the past. */
export const pastTransaction = (station: Station, hoursAgo: number): void => {
  const { chance, tokens } = station.options
  const [evse] = station.evses
  if (evse === undefined) return
  const startedAt = Math.floor(station.time.now() / 1_000) * 1_000 - Math.round(hoursAgo * 3_600_000)
  const lasts = chance.integer(15, 50) * 60_000
  const transaction = newTransaction({
    evse: evse.id,
    transactionId: station.newId(),
    startedAt,
    meterStart: evse.meter.wattHours - hoursAgo * 40_000,
  })
  transaction.token = cardOf(chance.pick(tokens))
  transaction.meterStop = transaction.meterStart + Math.round((lasts / 3_600_000) * 11_000)
  transaction.stoppedAt = startedAt + lasts
  transaction.reason = 'EVDisconnected'
  transaction.chargingMs = lasts
  station.transactions.push(transaction)
  const { meterStart, meterStop, stoppedAt, token: idToken } = transaction
  const valueAt = (at: number, value: number, context: 'Transaction.Begin' | 'Transaction.End') => [
    {
      timestamp: new Date(at).toISOString(),
      sampledValue: [{ value, context, measurand: 'Energy.Active.Import.Register' as const }],
    },
  ]
  const tell = (type: 'Started' | 'Ended', at: number, also: object): void => {
    const trigger = type === 'Started' ? 'Authorized' : 'EVCommunicationLost'
    const event = eventOf(station, evse, transaction, { type, at, trigger })
    bill(station, transaction, { ...event, offline: true, ...also }, { refused: () => {} })
  }
  tell('Started', startedAt, {
    evse: { id: evse.id, connectorId: 1 },
    idToken,
    meterValue: valueAt(startedAt, meterStart, 'Transaction.Begin'),
  })
  tell('Ended', stoppedAt, { meterValue: valueAt(stoppedAt, meterStop, 'Transaction.End') })
}
