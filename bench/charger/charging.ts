import { jittered, readAfterStop } from './chaos/after-stop.ts'
import type { Charger } from './charger.ts'
import { changesBetween, connectorLimit, type Situation, stationLimit } from './limits.ts'
import { type Plug, report, rest } from './plug.ts'
import type { Reservation } from './reservations.ts'
import { type Context, meterValue, type MeterValue, type Scene } from './samples.ts'
import { billMeter, billStart, billStop, type LedgerSession, newSession, type StopReason } from './session.ts'

const finishingMs = 1_500

export interface Beginning {
  readonly idTag: string
  /** What it was reserved under. */
  readonly reservation?: Reservation | undefined
}

/** The plug begins to charge for this card; whoever calls has made sure that it may. */
export const begin = (charger: Charger, plug: Plug, { idTag, reservation }: Beginning): LedgerSession | undefined => {
  const { time, chaos, reservations } = charger
  if (plug.session !== undefined || !plug.available || plug.errorCode !== 'NoError') return undefined
  const now = time.now()
  plug.meter.rest(now)
  const session = newSession({
    connector: plug.number,
    idTag,
    meterStart: plug.meter.wattHours,
    startedAt: now,
    ...(reservation !== undefined && { reservationId: reservation.id }),
    ...(chaos?.losesStart() === true && { isStray: true }),
  })
  plug.session = session
  charger.sessions.push(session)
  if (reservation !== undefined) reservations.cancel(reservation.id)
  billStart(charger, session, () => deauthorise(charger, plug))
  report(charger, plug, 'Charging')
  keepForStop(charger, plug, 'Transaction.Begin')
  sampleLater(charger, plug, session)
  charger.sessionBegan(plug, session)
  return session
}

export const end = (charger: Charger, plug: Plug, reason: StopReason): void => {
  const { session } = plug
  if (session === undefined) return
  plug.cancel?.()
  draw(charger, plug)
  keepForStop(charger, plug, 'Transaction.End')
  session.meterStop = plug.meter.wattHours
  session.stoppedAt = charger.time.now()
  session.reason = reason
  plug.session = undefined
  charger.profiles.sessionOver(plug.number)
  billStop(charger, session)
  readAfterStop(charger, session)
  report(charger, plug, 'Finishing')
  charger.after(finishingMs, () => {
    if (plug.session !== undefined || plug.status !== 'Finishing') return
    if (plug.pending !== undefined) plug.available = plug.pending
    plug.pending = undefined
    rest(charger, plug)
    charger.plugIsFree(plug)
  })
}

/** The server will not have this card charge: the session ends, or goes on without energy, as it is set up (§4.8). */
const deauthorise = (charger: Charger, plug: Plug): void => {
  if (charger.configuration.isOn('StopTransactionOnInvalidId')) return end(charger, plug, 'DeAuthorized')
  draw(charger, plug)
  report(charger, plug, 'SuspendedEVSE')
}

const situationOf = (charger: Charger, plug: Plug): Situation => ({
  outlet: charger.options.outlet,
  began: plug.session?.startedAt ?? charger.time.now(),
})

/** What a plug may draw at a moment: its own limit, or its share of the station's, whichever is less. */
const limitOf = (charger: Charger, plug: Plug, at: number): number => {
  if (plug.session?.isRefused === true) return 0
  const installed = charger.profiles.on(plug.number)
  const situation = situationOf(charger, plug)
  const busy = charger.plugs.filter(({ session }) => session !== undefined).length
  const share = stationLimit(installed, situation, at) / Math.max(1, busy)
  return Math.min(connectorLimit(installed, situation, at), share)
}

/** Counts the energy up to now, under every limit that there was meanwhile; answers the power of this moment. */
const draw = (charger: Charger, plug: Plug): number => {
  const { session, meter } = plug
  const now = charger.time.now()
  if (session === undefined) return 0
  const changes = changesBetween(charger.profiles.on(plug.number), situationOf(charger, plug), [meter.countedTo, now])
  let from = meter.countedTo
  let watts = 0
  for (const at of [...changes, now]) {
    watts = meter.charge(session.startedAt, at, { speed: charger.options.speed, limit: limitOf(charger, plug, from) })
    from = at
  }
  return watts
}

/** A profile has come or gone: what was drawn until now was drawn under the old ones. */
export const underNewLimits = (charger: Charger, change: () => void): void => {
  for (const plug of charger.plugs) draw(charger, plug)
  change()
  // what it says about that comes behind the answer to the order
  charger.after(0, () => charger.plugs.forEach((plug) => followLimit(charger, plug)))
}

const followLimit = (charger: Charger, plug: Plug): void => {
  if (plug.session === undefined) return
  const isStopped = limitOf(charger, plug, charger.time.now()) === 0
  if (isStopped && plug.status === 'Charging') report(charger, plug, 'SuspendedEVSE')
  if (!isStopped && plug.status === 'SuspendedEVSE') report(charger, plug, 'Charging')
}

const sampleLater = (charger: Charger, plug: Plug, session: LedgerSession): void => {
  const everyS = charger.configuration.number('MeterValueSampleInterval')
  // none is wanted now; somebody may want them later
  const waitS = everyS > 0 ? everyS : 60
  plug.cancel = charger.after(waitS * 1_000, () => {
    if (plug.session !== session) return
    const value = reading(charger, plug, 'Sample.Periodic')
    if (everyS > 0 && value.sampledValue.length > 0) billMeter(charger, session, jittered(charger, value))
    keepForStop(charger, plug, 'Sample.Periodic')
    followLimit(charger, plug)
    sampleLater(charger, plug, session)
  })
}

const sceneOf = (charger: Charger, plug: Plug): Scene => {
  const watts = draw(charger, plug)
  const at = charger.time.now()
  return { at, meter: plug.meter, outlet: charger.options.outlet, watts, limit: limitOf(charger, plug, at) }
}

/** What is to be seen at a plug just now, of what is configured for such a reading. */
export const reading = (charger: Charger, plug: Plug, context: Context): MeterValue => {
  const key = context === 'Sample.Clock' ? 'MeterValuesAlignedData' : 'MeterValuesSampledData'
  return meterValue(sceneOf(charger, plug), charger.configuration.list(key), context)
}

/** What the stop is to bring along, where it is to bring anything. */
export const keepForStop = (charger: Charger, plug: Plug, context: Context): void => {
  const key = context === 'Sample.Clock' ? 'StopTxnAlignedData' : 'StopTxnSampledData'
  const wanted = charger.configuration.list(key)
  if (wanted.length > 0) plug.session?.stopData.push(meterValue(sceneOf(charger, plug), wanted, context))
}
