import { forms } from './forms.ts'
import { shownBy } from './identification.ts'
import { flag, list, object, optional, type Read, required, text, whole, word } from './message.ts'

/** What a CPO hears over OICP 2.3: answers of the hub, and what EMPs want of us through it. */

type MessageOf<Table> = Table extends Read<infer Value> ? Value : never

const sessions = {
  CPOPartnerSessionID: optional(text()),
  EMPPartnerSessionID: optional(text()),
}
const sessionId = text({ like: forms.sessionId })
const statusCode = object({
  Code: required(text({ longest: 10 })),
  Description: optional(text({ longest: 200 })),
  AdditionalInfo: optional(text({ longest: 1_000 })),
})

export const acknowledgement = object({
  Result: required(flag),
  StatusCode: required(statusCode),
  SessionID: optional(sessionId),
  ...sessions,
})
export type Acknowledgement = MessageOf<typeof acknowledgement>

/** The answer to AuthorizeStart. */
export const authorizationAnswer = object({
  AuthorizationStatus: required(word('Authorized', 'NotAuthorized')),
  StatusCode: required(statusCode),
  SessionID: optional(sessionId),
  ...sessions,
  ProviderID: optional(text({ like: forms.providerId })),
  AuthorizationStopIdentifications: optional(list(shownBy)),
})
export type AuthorizationAnswer = MessageOf<typeof authorizationAnswer>

const wanted = {
  SessionID: required(sessionId),
  ...sessions,
  ProviderID: required(text({ like: forms.providerId })),
  EvseID: required(text({ like: forms.evseId })),
}

export const remoteStart = object({
  ...wanted,
  Identification: required(shownBy),
  PartnerProductID: optional(text({ longest: 50 })),
})

export const remoteStop = object(wanted)
export type RemoteStop = MessageOf<typeof remoteStop>

/** Minutes. */
const longestReservation = 99
export const usualReservation = 15

export const reservationStart = object({
  ...wanted,
  Identification: required(shownBy),
  PartnerProductID: optional(text({ longest: 50 })),
  Duration: optional(whole(1, longestReservation)),
})

export const reservationStop = object(wanted)
