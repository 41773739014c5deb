import { end } from './charging.ts'
import type { Charger } from './charger.ts'
import { type ErrorCode, type Plug, report, rest } from './plug.ts'

/** Something breaks at a plug: its session ends, its reservation too (OCPP 1.6 §5.13), and it is of no use until it is mended. */
export const fail = (charger: Charger, plug: Plug, errorCode: Exclude<ErrorCode, 'NoError'>): void => {
  end(charger, plug, 'Other')
  plug.errorCode = errorCode
  charger.reservations.drop(plug.number)
  report(charger, plug, 'Faulted')
}

export const mend = (charger: Charger, plug: Plug): void => {
  plug.errorCode = 'NoError'
  rest(charger, plug)
  charger.plugIsFree(plug)
}
