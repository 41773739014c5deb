import { end } from './charging.ts'
import { type Evse, follow } from './evse.ts'
import type { Station } from './station.ts'

/** Something breaks: the transaction there ends, its reservation too, and what broke is told by an event (G05, N07). */
export const fail = (station: Station, evse: Evse, techCode: string): void => {
  end(station, evse, 'AbnormalCondition', 'Other')
  evse.fault = techCode
  station.reservations.drop(evse.id)
  station.monitors.tellProblem(evse, techCode, false)
  follow(station, evse)
}

export const mend = (station: Station, evse: Evse): void => {
  const techCode = evse.fault ?? ''
  evse.fault = undefined
  station.monitors.tellProblem(evse, techCode, true)
  follow(station, evse)
}

/** The station warms up, or cools down. */
export const feel = (station: Station, celsius: number): void => {
  station.celsius = celsius
  station.monitors.look()
}
