import { type Turn, unsayable } from '../field.ts'
import type {
  CancelReservation,
  CommandResponse,
  CommandResult,
  ReserveNow,
  StartSession,
  StopSession,
  UnlockConnector,
} from '../model.ts'
import { ciText, dateTime, type FieldsOf, int, many, maybe, object, one, shape, url, words } from '../shape.ts'
import { displayText } from './basics.ts'
import { token } from './token.ts'

/** What an EMP may want of a charging station (OCPI 2.3.0 mod_commands). */

const newer = { since: '2.2.1' } as const
const locationId = ciText(36, { '2.1.1': 39 })

export const startSession = shape('StartSession', {
  response_url: one(url),
  token: one(object(token)),
  location_id: one(locationId),
  evse_uid: maybe(locationId),
  connector_id: maybe(ciText(36), newer),
  authorization_reference: maybe(ciText(36), newer),
} satisfies FieldsOf<StartSession>)

export const stopSession = shape('StopSession', {
  response_url: one(url),
  session_id: one(ciText(36)),
} satisfies FieldsOf<StopSession>)

/** 2.1.1 numbers reservations. */
const numbered: Turn = (value, { note }) => {
  if (typeof value === 'string' && /^(?:0|[1-9]\d{0,8})$/.test(value)) return Number(value)
  note('noValue', 'a reservation has a number')
  return unsayable
}

export const reserveNow = shape('ReserveNow', {
  response_url: one(url),
  token: one(object(token)),
  expiry_date: one(dateTime),
  reservation_id: one(ciText(36), {
    type: { '2.1.1': int },
    down: { '2.1.1': numbered },
    up: { '2.1.1': String },
  }),
  location_id: one(locationId),
  evse_uid: maybe(locationId),
  authorization_reference: maybe(ciText(36), newer),
} satisfies FieldsOf<ReserveNow>)

export const cancelReservation = shape(
  'CancelReservation',
  { response_url: one(url), reservation_id: one(ciText(36)) } satisfies FieldsOf<CancelReservation>,
  newer,
)

export const unlockConnector = shape('UnlockConnector', {
  response_url: one(url),
  location_id: one(locationId),
  evse_uid: one(locationId),
  connector_id: one(ciText(36)),
} satisfies FieldsOf<UnlockConnector>)

/** How long the result of a command may take where the answer does not say it, in seconds. */
const usualTimeout = 30

export const commandResponse = shape('CommandResponse', {
  result: one(
    words('CommandResponseType', 'NOT_SUPPORTED REJECTED ACCEPTED UNKNOWN_SESSION', {
      only: { '2.1.1': 'TIMEOUT' },
      upward: { '2.1.1': { TIMEOUT: 'REJECTED' } },
    }),
  ),
  timeout: one(int, { since: '2.2.1', given: () => usualTimeout }),
  message: many(object(displayText), newer),
} satisfies FieldsOf<CommandResponse>)

/** In 2.1.1 the result has the words of the response. */
export const commandResult = shape('CommandResult', {
  result: one(
    words('CommandResultType', 'ACCEPTED NOT_SUPPORTED REJECTED TIMEOUT', {
      since: { '2.2.1': 'CANCELED_RESERVATION EVSE_OCCUPIED EVSE_INOPERATIVE FAILED UNKNOWN_RESERVATION' },
      only: { '2.1.1': 'UNKNOWN_SESSION' },
      instead: {
        '2.1.1': {
          CANCELED_RESERVATION: 'REJECTED',
          EVSE_OCCUPIED: 'REJECTED',
          EVSE_INOPERATIVE: 'REJECTED',
          FAILED: 'REJECTED',
          UNKNOWN_RESERVATION: 'REJECTED',
        },
      },
      upward: { '2.1.1': { UNKNOWN_SESSION: 'FAILED' } },
    }),
  ),
  message: many(object(displayText), newer),
} satisfies FieldsOf<CommandResult>)
