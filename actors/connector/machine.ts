import { assign, setup } from 'xstate'
import {
  type ConnectorReport,
  type ConnectorStatus,
  connectorStatuses,
  isRegular,
} from '../../core/domain/connector.ts'
import { effect } from '../effect.ts'

type Reported = ConnectorReport['status']

export type ConnectorEvent =
  /** The station reports this status; the event is named after it. */
  | {
      readonly type: Reported
      readonly report: ConnectorReport
      readonly receivedAt: number
      /** It is the first that this socket says of it. */
      readonly isFirst: boolean
    }
  | { readonly type: 'adopted'; readonly session: string }
  /** The station keeps it for somebody. */
  | { readonly type: 'held'; readonly reservation: number }
  | { readonly type: 'freed'; readonly reservation: number }
  | { readonly type: 'released'; readonly session: string }

interface Context {
  /** The session that runs on this plug. */
  readonly session?: string | undefined
  /** What it is kept for. */
  readonly reservation?: number | undefined
}

const connector = setup({
  types: { context: {} as Context, events: {} as ConnectorEvent, input: {} as Context },
  actions: {
    store: effect<{
      readonly report: ConnectorReport
      readonly receivedAt: number
      readonly isFirst: boolean
      readonly before: ConnectorStatus
      readonly irregular: boolean
    }>(),
    loseReservation: effect<{ readonly reservation: number; readonly reason: string }>(),
  },
  guards: {
    isKept: ({ context }) => context.reservation !== undefined,
    isFreed: ({ context, event }) => event.type === 'freed' && event.reservation === context.reservation,
    isOurs: ({ context, event }) => event.type === 'released' && event.session === context.session,
  },
})

const reported = connectorStatuses.filter((status): status is Reported => status !== 'unknown')

/** No station of 1.6 says that it has let go of a reservation: that its connector is not reserved any more does. */
const lettingGo: readonly Reported[] = ['available', 'unavailable', 'faulted']
const lose = {
  type: 'loseReservation' as const,
  params: ({ context, event }: { context: Context; event: ConnectorEvent }) => ({
    reservation: context.reservation ?? 0,
    reason: `the connector became ${event.type}`,
  }),
}

/** A status reported is a fact, whatever came before: a jump outside the matrix of OCPP 1.6 §4.9 is flagged, never refused. */
const in_ = (before: ConnectorStatus) =>
  connector.createStateConfig({
    on: Object.fromEntries(
      reported.map((status) => {
        const store = {
          type: 'store' as const,
          params: ({ event }: { event: ConnectorEvent }) => ({
            ...(event as Extract<ConnectorEvent, { type: Reported }>),
            before,
            irregular: !isRegular(before, status),
          }),
        }
        const way = { target: status, reenter: true, actions: [store] }
        const loses = before === 'reserved' && lettingGo.includes(status)
        const forget = assign({ reservation: undefined })
        return [status, loses ? [{ ...way, guard: 'isKept' as const, actions: [store, lose, forget] }, way] : way]
      }),
    ) as object,
  })

/** The plug as the charge point reports it, and the session that runs on it. */
export const connectorMachine = connector.createMachine({
  id: 'connector',
  context: ({ input }) => input,
  initial: 'unknown',
  states: {
    unknown: in_('unknown'),
    available: in_('available'),
    preparing: in_('preparing'),
    charging: in_('charging'),
    suspendedByVehicle: in_('suspendedByVehicle'),
    suspendedByStation: in_('suspendedByStation'),
    finishing: in_('finishing'),
    reserved: in_('reserved'),
    unavailable: in_('unavailable'),
    faulted: in_('faulted'),
  },
  on: {
    // who charges has used what it was kept for
    adopted: { actions: assign(({ event }) => ({ session: event.session, reservation: undefined })) },
    held: { actions: assign(({ event }) => ({ reservation: event.reservation })) },
    freed: { guard: 'isFreed', actions: assign({ reservation: undefined }) },
    released: { guard: 'isOurs', actions: assign({ session: undefined }) },
  },
})
