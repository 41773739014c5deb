import type { ConnectorStatusEnumType, IdTokenType } from 'typed-ocpp/dist/ocpp21/types.js'
import { Reservations } from '../charger/reservations.ts'
import { Meter } from '../power.ts'
import type { StationOptions } from './options.ts'
import type { Station } from './station.ts'
import type { Transaction } from './transaction.ts'

/** Somebody was let in here. */
export interface Access {
  readonly token: IdTokenType
  readonly remoteStartId?: number | undefined
  readonly reservationId?: number | undefined
}

/** One EVSE with one connector: what is the case there, from which everything it says follows. */
export interface Evse {
  readonly id: number
  readonly meter: Meter
  /** A car is in the bay. */
  isParked: boolean
  isPlugged: boolean
  /** Who may charge here just now, and by what right. */
  access: Access | undefined
  /** The server will not have this token charge: it goes on without energy, where it may go on at all. */
  isRefused: boolean
  /** The car does not want any. */
  isSated: boolean
  /** The profiles leave nothing for it. */
  isHeldBack: boolean
  isFlowing: boolean
  /** Since when it does, or did last, ms. */
  flowingSince: number
  available: boolean
  /** An order to leave service that waits for the transaction's end. */
  pending: boolean | undefined
  /** What is broken, in the vendor's words. */
  fault: string | undefined
  lock: 'works' | 'jammed'
  /** Until when somebody pays for it on the web (C25). */
  paysUntil: number
  status: ConnectorStatusEnumType
  transaction: Transaction | undefined
  /** Stops its next reading. */
  cancel: (() => void) | undefined
  /** Sends the car away that is on its way here. */
  cancelCar: (() => void) | undefined
  /** Nobody waits for a cable any more. */
  cancelWait: (() => void) | undefined
}

/** Registers begin well above what transactions of the past have taken from them. */
const leastRegister = 200_000

export const makeEvses = ({ connectors, outlet, chance }: StationOptions, now: number): readonly Evse[] =>
  Array.from({ length: connectors }, (_, i) => ({
    id: i + 1,
    meter: new Meter(outlet, chance.integer(leastRegister, 900_000), chance.between(0.1, 0.5), now),
    isParked: false,
    isPlugged: false,
    access: undefined,
    isRefused: false,
    isSated: false,
    isHeldBack: false,
    isFlowing: false,
    flowingSince: now,
    available: true,
    pending: undefined,
    fault: undefined,
    lock: 'works',
    paysUntil: 0,
    status: 'Available',
    transaction: undefined,
    cancel: undefined,
    cancelCar: undefined,
    cancelWait: undefined,
  }))

export const evseOf = (station: Station, id: number | undefined): Evse | undefined =>
  station.evses.find((evse) => evse.id === id)

/** The five words that 2.x has for a connector (G01). */
export const statusOf = (station: Station, evse: Evse): ConnectorStatusEnumType => {
  if (evse.fault !== undefined) return 'Faulted'
  if (evse.isPlugged && evse.transaction !== undefined) return 'Occupied'
  if (!evse.available || station.isClosed || station.isOutOfService) return 'Unavailable'
  if (evse.isPlugged) return 'Occupied'
  return station.reservations.on(evse.id) === undefined ? 'Available' : 'Reserved'
}

/** Whether it can be had, reserved or not, or what stands in the way. */
export const stateOf = (station: Station, evse: Evse): 'free' | 'Occupied' | 'Faulted' | 'Unavailable' => {
  const status = statusOf(station, evse)
  if (status === 'Faulted' || status === 'Unavailable') return status
  const isIdle = !evse.isPlugged && evse.access === undefined && evse.transaction === undefined
  return isIdle && evse.paysUntil <= station.time.now() ? 'free' : 'Occupied'
}

/** As it stands, without waiting for a change. */
export const notify = (station: Station, evse: Evse): void => {
  const timestamp = new Date(station.time.now()).toISOString()
  evse.status = statusOf(station, evse)
  const connectorStatus = evse.status
  station.post({
    action: 'StatusNotification',
    payload: () => ({ timestamp, connectorStatus, evseId: evse.id, connectorId: 1 }),
    answered: () => station.statusHeard(evse.id, connectorStatus),
  })
}

/** Said where it is not what was said before. */
export const follow = (station: Station, evse: Evse): void => {
  if (statusOf(station, evse) !== evse.status) notify(station, evse)
  station.monitors.look()
}

export const followAll = (station: Station): void => {
  for (const evse of station.evses) follow(station, evse)
}

export const reservationsOf = (station: Station): Reservations =>
  new Reservations({
    time: { now: () => station.time.now(), after: (ms, then) => station.after(ms, then) },
    outlook: () => ({
      connectors: station.evses.map((evse) => ({ number: evse.id, state: stateOf(station, evse) })),
      takesZero: station.model.isOn('ReservationCtrlr/NonEvseSpecific'),
    }),
    // what it says about that comes behind the answer to the order
    changed: () => void station.after(0, () => followAll(station)),
    ended: (reservationId, reservationUpdateStatus) =>
      void station.after(0, () =>
        station.tidings.tell('ReservationStatusUpdate', { reservationId, reservationUpdateStatus }),
      ),
  })
