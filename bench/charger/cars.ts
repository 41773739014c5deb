import { plugIn, unplug } from './arrival.ts'
import { end } from './charging.ts'
import type { Charger } from './charger.ts'
import type { Plug } from './plug.ts'
import { billStart, billStop, type LedgerSession, newSession } from './session.ts'

const triesAgainMs = 5_000

/** Another car comes after a while; where the plug is not free, or its card is refused, one more tries later. */
export const nextCar = (charger: Charger, plug: Plug): void => {
  const { chance, pauseS, tokens } = charger.options
  plug.cancelCar?.()
  plug.cancelCar = charger.after(chance.between(...pauseS) * 1_000, () => {
    if (plug.session !== undefined) return
    plugIn(charger, plug, chance.pick(tokens))
    plug.cancelCar = charger.after(triesAgainMs, () => {
      if (plug.session === undefined && plug.status !== 'Finishing') nextCar(charger, plug)
    })
  })
}

/** How long a car stays, and whether the network is away for a part of it. */
export const stay = (charger: Charger, plug: Plug, session: LedgerSession): void => {
  const { chance, sessionS, offline } = charger.options
  const lasts = chance.between(...sessionS) * 1_000
  charger.after(lasts, () => {
    if (plug.session !== session) return
    if (chance.isLucky(0.3)) unplug(charger, plug)
    if (plug.session === session) end(charger, plug, 'Local')
  })
  if (chance.isLucky(offline)) charger.after(lasts * 0.4, () => charger.line.breakOff(lasts * 0.3))
}

/** A session from before: its messages wait in the queue with their true times. */
export const pastSession = (charger: Charger, hoursAgo: number): void => {
  const { chance, tokens } = charger.options
  const [plug] = charger.plugs
  if (plug === undefined) return
  const startedAt = Math.floor(charger.time.now() / 1_000) * 1_000 - Math.round(hoursAgo * 3_600_000)
  const lasts = chance.integer(15, 50) * 60_000
  const session = newSession({
    connector: plug.number,
    idTag: chance.pick(tokens),
    meterStart: plug.meter.wattHours - hoursAgo * 40_000,
    startedAt,
  })
  session.meterStop = session.meterStart + Math.round((lasts / 3_600_000) * 11_000)
  session.stoppedAt = startedAt + lasts
  session.reason = 'EVDisconnected'
  charger.sessions.push(session)
  billStart(charger, session, () => {})
  billStop(charger, session)
}
