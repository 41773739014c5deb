import type { StatusNotificationRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import { Meter } from '../power.ts'
import type { Charger } from './charger.ts'
import type { ChargerOptions } from './options.ts'
import { Reservations } from './reservations.ts'
import type { LedgerSession } from './session.ts'

export type Status = StatusNotificationRequest['status']
export type ErrorCode = StatusNotificationRequest['errorCode']

/** One connector with its meter. */
export interface Plug {
  readonly number: number
  readonly meter: Meter
  status: Status
  errorCode: ErrorCode
  available: boolean
  /** An order to leave service that waits for the session's end. */
  pending: boolean | undefined
  session: LedgerSession | undefined
  /** Stops its next reading. */
  cancel: (() => void) | undefined
  /** Sends the car away that is on its way here. */
  cancelCar: (() => void) | undefined
  /** What its lock does when it is told to open; `none` is a cable that cannot be taken off. */
  lock: 'works' | 'jammed' | 'none'
}

/** Registers begin well above what sessions of the past have taken from them. */
const leastRegister = 200_000

export const makePlugs = ({ connectors, outlet, chance }: ChargerOptions, now: number): readonly Plug[] =>
  Array.from({ length: connectors }, (_, i) => ({
    number: i + 1,
    meter: new Meter(outlet, chance.integer(leastRegister, 900_000), chance.between(0.1, 0.5), now),
    status: 'Available',
    errorCode: 'NoError',
    available: true,
    pending: undefined,
    session: undefined,
    cancel: undefined,
    cancelCar: undefined,
    lock: 'works',
  }))

export const plugOf = (charger: Charger, number: number): Plug | undefined =>
  charger.plugs.find((plug) => plug.number === number)

/** Whether it can be had, reserved or not, or what stands in the way. */
export const stateOf = (charger: Charger, plug: Plug): 'free' | 'Occupied' | 'Faulted' | 'Unavailable' => {
  if (plug.errorCode !== 'NoError') return 'Faulted'
  if (!plug.available || charger.isClosed) return 'Unavailable'
  const isIdle = plug.session === undefined && (plug.status === 'Available' || plug.status === 'Reserved')
  return isIdle ? 'free' : 'Occupied'
}

export const report = (charger: Charger, plug: Plug, status: Status): void => {
  plug.status = status
  notify(charger, plug)
}

/** Nobody is at it: it stands as its order, its health and its reservation have it. */
export const rest = (charger: Charger, plug: Plug): void => {
  const isReserved = charger.reservations.on(plug.number) !== undefined
  if (plug.errorCode !== 'NoError') return report(charger, plug, 'Faulted')
  if (!plug.available || charger.isClosed) return report(charger, plug, 'Unavailable')
  report(charger, plug, isReserved ? 'Reserved' : 'Available')
}

/** As it stands, without waiting for a change; `whole` is the station as one, connector 0. */
export const notify = (charger: Charger, plug: Plug | 'whole', stationError: ErrorCode = 'NoError'): void => {
  const timestamp = new Date(charger.time.now()).toISOString()
  const standing: StatusNotificationRequest =
    plug === 'whole'
      ? { connectorId: 0, status: charger.isOutOfService ? 'Unavailable' : 'Available', errorCode: stationError }
      : { connectorId: plug.number, status: plug.status, errorCode: plug.errorCode }
  charger.post({ action: 'StatusNotification', payload: () => ({ ...standing, timestamp }), answered: () => {} })
}

export const reportAll = (charger: Charger, connector?: number): void => {
  if (connector === undefined || connector === 0) notify(charger, 'whole')
  for (const plug of charger.plugs) if (connector === undefined || connector === plug.number) notify(charger, plug)
}

/** Nobody begins any more; connectors where nobody is say so. */
export const close = (charger: Charger): void => {
  charger.isClosed = true
  for (const plug of charger.plugs) if (plug.session === undefined) rest(charger, plug)
}

export const reopen = (charger: Charger): void => {
  charger.isClosed = false
  for (const plug of charger.plugs) if (plug.session === undefined) rest(charger, plug)
}

export const reservationsOf = (charger: Charger): Reservations =>
  new Reservations({
    time: { now: () => charger.time.now(), after: (ms, then) => charger.after(ms, then) },
    outlook: () => ({
      connectors: charger.plugs.map((plug) => ({ number: plug.number, state: stateOf(charger, plug) })),
      takesZero: charger.configuration.isOn('ReserveConnectorZeroSupported'),
    }),
    // what it says about that comes behind the answer to the order
    changed: (connector) =>
      void charger.after(0, () => {
        const plug = plugOf(charger, connector)
        if (plug !== undefined && stateOf(charger, plug) === 'free') rest(charger, plug)
      }),
  })
